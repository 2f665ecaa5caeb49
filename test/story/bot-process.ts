/** The bot as a process of its own, over pretend systems that live elsewhere: it can be killed, and they stay. */
import { startBot } from '../../src/bot.ts'
import { Secret } from '../../src/connector.ts'
import { type Around, botOptions, type SandboxOptions } from '../../src/sandbox/sandbox.ts'

export interface BotProcess {
  options: SandboxOptions
  /** Secrets as `{ secret: text }`. */
  around: Around
}

function withSecrets(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withSecrets)
  if ('secret' in value) return new Secret(String(value.secret))
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withSecrets(inner)]))
}

const { options, around } = JSON.parse(process.argv[2] ?? '{}') as BotProcess
const connectors = withSecrets(around.connectors) as Around['connectors']
const given = await botOptions(options, { ...around, connectors })
const bot = await startBot({
  ...given,
  onFatal(error) {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    process.exit(1)
  },
})
process.once('SIGTERM', () => {
  bot.stop().then(
    () => process.exit(0),
    () => process.exit(1),
  )
})
await bot.listening
process.stdout.write('listening\n')
