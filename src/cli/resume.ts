/** `latchkey resume`: goes on after a stop, by Slack or by the command line. */
import { systemClock } from '../clock.ts'
import { stopFile } from '../store/stop-file.ts'
import { expectOnly, type Subcommand } from './command-line.ts'
import { dataFolder, somebodyHere } from './surroundings.ts'

export default {
  usage: 'resume',
  summary: 'goes on after a stop',
  async run(line, args) {
    expectOnly(args, {})
    const sign = stopFile(dataFolder(line))
    if (!sign.read()?.stopped) {
      line.out('Nothing is stopped.')
      return 0
    }
    sign.put({ stopped: false, at: systemClock.now().toISOString(), by: somebodyHere() })
    line.out('Latchkey goes on. Each step reads its system again before anything is done.')
    return 0
  },
} satisfies Subcommand
