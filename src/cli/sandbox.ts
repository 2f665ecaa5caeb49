/** `latchkey sandbox`: the whole product on loopback, for a first try: by hand in the browser, or played. */
import { cast } from '../sandbox/company.ts'
import { doneEvent, play } from '../sandbox/play.ts'
import { type CommandLine, type Subcommand, UsageError } from './command-line.ts'

const flags = ['--play', '--json', '--trouble']

export default {
  usage: 'sandbox [--port N] [--mode http] | sandbox --play [--trouble] [--json]',
  summary: 'the whole product with pretend systems: a page to try it on, or one offboarding played and printed',
  async run(line, args) {
    return args.includes('--play') ? playOne(line, args) : showPage(line, args)
  },
} satisfies Subcommand

async function playOne(line: CommandLine, args: readonly string[]): Promise<number> {
  const strange = args.find((one) => !flags.includes(one))
  if (strange) throw new UsageError(`there is no option ${strange}.`)
  const json = args.includes('--json')
  const say = (event: Record<string, unknown>) => line.out(JSON.stringify(event))
  const { VENDOR_TRAFFIC: traffic } = line.env
  const { offboarding, thread } = await play({
    everySystem: true,
    trouble: args.includes('--trouble'),
    ...(json ? { onEvent: say } : {}),
    ...(traffic ? { traffic } : {}),
  })
  const done = doneEvent(offboarding)
  if (json) say(done)
  else line.out(thread)
  return offboarding.state === 'done' && done.failed === 0 && done.unknown === 0 ? 0 : 1
}

async function showPage(line: CommandLine, args: readonly string[]): Promise<number> {
  const { port, mode } = pageOptions(args)
  const { openPage, usualPort } = await import('../sandbox/page/server.ts')
  const page = await openPage({ mode, onFatal: line.die, ...(port === undefined ? { orFree: usualPort } : { port }) })
  const { personas } = await import('../sandbox/page/personas.ts')
  const names = (...parts: string[]) =>
    personas
      .filter((one) => parts.includes(one.part))
      .map((one) => one.name)
      .join(', ')
  line.out(`The sandbox is at ${page.url} (Ctrl-C ends it).`)
  line.out(`Ask as ${names('requester')}: type /offboard @${cast.leaver.split('@')[0]} in #general.`)
  line.out(`Sign as ${names('hr')} (HR) and ${names('it')} (IT); ${names('hr-substitute', 'it-substitute')} stand in.`)
  line.out(
    `Look as ${names('leaver')} (who leaves), ${names('employee')} and ${names('guest')}: they see nothing of it.`,
  )
  await line.ended
  await page.close()
  return 0
}

function pageOptions(args: readonly string[]): { port?: number; mode: 'socket' | 'http' } {
  const given = new Map<string, string>()
  for (let at = 0; at < args.length; at += 2) {
    const [name = '', value = ''] = [args[at], args[at + 1]]
    if (name !== '--port' && name !== '--mode') throw new UsageError(`there is no option ${name}.`)
    given.set(name, value)
  }
  const [port, mode = 'socket'] = [given.get('--port'), given.get('--mode')]
  if (mode !== 'socket' && mode !== 'http') throw new UsageError('--mode is socket or http.')
  if (port === undefined) return { mode }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new UsageError('--port is a number up to 65535.')
  return { port: Number(port), mode }
}
