/** Loaded before the program in its own process: vendors' hosts lead to the pretend ones, and a signal lets it die badly. */
import { readFileSync } from 'node:fs'
import { loopback } from '../../src/sandbox/transport.ts'

const hosts = JSON.parse(process.env.PRETEND_HOSTS ?? '[]') as { url: string; hosts: string[] }[]
const { fetch: plain } = globalThis
const toPretend = loopback(hosts)
globalThis.fetch = (input, init) => {
  const request = new Request(input, init)
  return new URL(request.url).hostname === '127.0.0.1' ? plain(request) : toPretend(request)
}

process.on('SIGUSR2', () => {
  const { SLACK_BOT_TOKEN: token, M365_CLIENT_SECRET: secret, GOOGLE_CREDENTIALS_FILE: file } = process.env
  const { private_key: key } = JSON.parse(readFileSync(file ?? '', 'utf8')) as { private_key: string }
  const message = `lost ${token} and ${secret} and ${key}`
  throw Object.assign(new Error(message, { cause: new Error(message) }), { config: { secret, key } })
})
