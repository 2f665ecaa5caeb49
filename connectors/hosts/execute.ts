/** One command on a connection: its output, bounded, and how it ended. */
import type { Client, ClientChannel } from 'ssh2'
import { Rejected } from '../../src/connector.ts'
import { Trouble } from './errors.ts'

export interface Ran {
  code: number
  out: string
  err: string
}

const mostBytes = 4 * 1024 * 1024

export function execute(client: Client, line: string, id: string): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const lost = (why: string, cause?: unknown) =>
      reject(new Trouble('in-doubt', `${id}: the end of a command was lost (${why})`, cause))
    try {
      client.exec(line, (error, channel) => {
        if (error) return lost(error.message, error)
        collect(channel, id).then(resolve, reject)
      })
    } catch (error) {
      reject(new Trouble('busy', `no connection to ${id} (${(error as Error).message})`, error))
    }
  })
}

function collect(channel: ClientChannel, id: string): Promise<Ran> {
  const { promise, resolve, reject } = Promise.withResolvers<Ran>()
  const said = { out: [] as Buffer[], err: [] as Buffer[] }
  let size = 0
  let ended: { code: number | null; signal?: string } | undefined
  const take = (into: Buffer[]) => (data: Buffer) => {
    size += data.length
    if (size <= mostBytes) return void into.push(data)
    channel.close()
    reject(new Rejected(`${id} gave more than ${mostBytes / 1024 / 1024} MB, which is not read: IT looks there`))
  }
  channel.on('data', take(said.out))
  channel.stderr.on('data', take(said.err))
  channel.on('exit', (code: number | null, signal?: string) => {
    ended = { code, ...(signal ? { signal } : {}) }
  })
  channel.on('error', (error: Error) => reject(new Trouble('in-doubt', `${id}: ${error.message}`, error)))
  channel.on('close', () => {
    if (typeof ended?.code === 'number')
      return resolve({ code: ended.code, out: textOf(said.out), err: textOf(said.err) })
    const why = ended?.signal ? `ended by ${ended.signal}` : 'the connection was cut'
    reject(new Trouble('in-doubt', `${id}: the end of a command was lost (${why})`))
  })
  channel.end()
  return promise
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8')
}
