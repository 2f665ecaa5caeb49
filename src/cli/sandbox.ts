/** `latchkey sandbox`: the whole product on loopback, for a first try. */
import { doneEvent, play } from '../sandbox/play.ts'
import { type Subcommand, UsageError } from './command-line.ts'

const flags = ['--play', '--json', '--trouble']

export default {
  usage: 'sandbox --play [--trouble] [--json]',
  summary: 'plays one offboarding with pretend systems and prints the thread',
  async run(line, args) {
    const strange = args.find((one) => !flags.includes(one))
    if (strange) throw new UsageError(`there is no option ${strange}.`)
    if (!args.includes('--play'))
      throw new UsageError('the sandbox can be played; a page to try by hand is still to come.')
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
  },
} satisfies Subcommand
