/** `latchkey stop --why TEXT`: the brake from the host, also where Slack or the bot itself does not answer. */
import { systemClock } from '../clock.ts'
import { stopFile } from '../store/stop-file.ts'
import { expectOnly, type Subcommand, UsageError } from './command-line.ts'
import { dataFolder, somebodyHere } from './surroundings.ts'

/** Characters; as many as in Slack. */
const longest = 500

export default {
  usage: 'stop WHY',
  summary: 'stops everything before the next request to any system',
  async run(line, args) {
    expectOnly(args, { words: 1 })
    const why = args[0]?.trim().slice(0, longest)
    if (!why) throw new UsageError('say why, in quotes: latchkey stop "wrong list of people".')
    const sign = stopFile(dataFolder(line))
    const before = sign.read()
    if (before?.stopped) {
      line.out(`Everything is stopped already, by ${before.by.name}: ${before.why}`)
      return 0
    }
    sign.put({ stopped: true, at: systemClock.now().toISOString(), by: somebodyHere(), why })
    line.out(
      'Everything is stopped: what is on its way is still answered, nothing more is sent. Go on: latchkey resume.',
    )
    return 0
  },
} satisfies Subcommand
