import { describe, expect, it } from 'vitest'
import { Busy, Denied, InDoubt, Rejected, type Scheduled } from '../../src/connector.ts'
import { explain, inCall } from '../../src/run/gate.ts'
import { bench, failureOf } from './gate-support.ts'

const read: Scheduled = { url: 'ldap://dc1.example.com/search', method: 'search', writes: false }
const write: Scheduled = { url: 'ldap://dc1.example.com/modify', method: 'modify', writes: true }

function reset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })
}

/** Fails with these, one after the other, then answers. */
function failing(...errors: readonly unknown[]) {
  const left = [...errors]
  const run = async () => {
    run.times += 1
    if (left.length > 0) throw left.shift()
    return 'entry'
  }
  run.times = 0
  return run
}

describe('a call that is not HTTP', () => {
  it('answers with what its protocol answered, on the record', async () => {
    const { gate, records } = await bench()
    expect(await gate.schedule(read, failing())).toBe('entry')
    expect(records).toMatchObject([
      { method: 'search', host: 'dc1.example.com', path: '/search', kind: 'answered', attempts: 1 },
    ])
  })

  it('is tried again where a read is cut off, and in doubt where a write is', async () => {
    const { gate } = await bench()
    const reading = failing(reset(), reset())
    expect(await gate.schedule(read, reading)).toBe('entry')
    expect(reading.times).toBe(3)
    const writing = failing(reset())
    expect(await failureOf(gate.schedule(write, writing))).toBeInstanceOf(InDoubt)
    expect(writing.times).toBe(1)
  })

  it('is tried again where no connection was made, also a write', async () => {
    const { gate } = await bench()
    const refused = Object.assign(new Error('connect'), { code: 'ETIMEDOUT', syscall: 'connect' })
    const writing = failing(refused, Object.assign(new Error('dns'), { code: 'ENOTFOUND', hostname: 'dc1' }))
    expect(await gate.schedule(write, writing)).toBe('entry')
    expect(writing.times).toBe(3)
  })

  it("goes by the call's own word first", async () => {
    const { gate } = await bench({ attempts: 2 })
    const as = (kind: 'busy' | 'denied' | 'rejected' | 'in-doubt') => ({ ...write, classify: () => kind })
    const busy = failing(reset(), reset())
    expect(await failureOf(gate.schedule(as('busy'), busy))).toBeInstanceOf(Busy)
    expect(busy.times).toBe(2)
    expect(await failureOf(gate.schedule(as('in-doubt'), failing(new Error('?'))))).toBeInstanceOf(InDoubt)
    const denied = await failureOf(gate.schedule(as('denied'), failing(new Error('52e'))))
    expect(denied).toBeInstanceOf(Denied)
    expect(denied.message).toContain('IT makes a new token')
    expect(await failureOf(gate.schedule(as('rejected'), failing(reset())))).toBeInstanceOf(Rejected)
  })

  it("takes what nobody knows for the other side's no, and keeps its code and cause", async () => {
    const { gate } = await bench()
    const own = Object.assign(new Error('noSuchObject'), { code: 32, name: 'NoSuchObjectError' })
    const context = { failures: [] }
    const error = (await failureOf(inCall(context, () => gate.schedule(write, failing(own))))) as Rejected
    expect(error).toBeInstanceOf(Rejected)
    expect(error).toMatchObject({ message: 'Vendor refused: noSuchObject', status: 32, code: 'NoSuchObjectError' })
    expect(error.cause).toBe(own)
    expect(context.failures).toMatchObject([{ kind: 'rejected' }])
  })

  it('lets an error of ours through as it is', async () => {
    const { gate } = await bench()
    const ours = new Rejected('the last administrator stays')
    expect(await failureOf(gate.schedule(write, failing(ours)))).toBe(ours)
    expect(explain(ours, { failures: [] }).fact).toBe('the last administrator stays')
  })

  it('is not waited for longer than one try may take, whether it listens or not', async () => {
    const { gate } = await bench({ attemptTimeoutMs: 30, attempts: 2 })
    const deaf = () => new Promise<string>(() => undefined)
    expect(await failureOf(gate.schedule(write, deaf))).toBeInstanceOf(InDoubt)
    let heard = 0
    const listening = (signal: AbortSignal) =>
      new Promise<string>((_, reject) =>
        signal.addEventListener('abort', () => {
          heard += 1
          reject(signal.reason)
        }),
      )
    expect((await failureOf(gate.schedule(read, listening))).message).toContain('no answer within 0.03 s')
    expect(heard).toBe(2)
  })

  it('shares the limits with everything else', async () => {
    const { gate } = await bench({ limits: [{ id: 'one', perSecond: 400, concurrent: 1, source: 'test' }] })
    let inside = 0
    const alone = async () => {
      inside += 1
      await new Promise((done) => setTimeout(done, 5))
      expect(inside).toBe(1)
      inside -= 1
    }
    await Promise.all([gate.schedule(read, alone), gate.schedule(write, alone), gate.schedule(read, alone)])
  })
})
