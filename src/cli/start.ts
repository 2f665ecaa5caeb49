/** `latchkey start`: the bot, until it is asked to end. */
import { startBot } from '../bot.ts'
import { systemClock } from '../clock.ts'
import { expectOnly, type Subcommand } from './command-line.ts'
import { dataFolder, logOf, settingsOf, slackAccess } from './surroundings.ts'

export default {
  usage: 'start',
  summary: 'the bot itself',
  async run(line, args) {
    expectOnly(args, {})
    const slack = slackAccess(line)
    const settings = await settingsOf(line)
    const log = logOf(line, settings, 'info')
    const bot = await startBot({
      settings,
      folder: dataFolder(line),
      slack,
      clock: systemClock,
      random: Math.random,
      log,
      onFatal: line.die,
      ...(line.send ? { send: line.send } : {}),
    })
    log.info({ systems: settings.connectors.map((one) => one.use) }, 'Latchkey is running.')
    await line.ended
    log.info({}, 'Latchkey is stopping: nothing new is taken, what runs is brought to a safe point.')
    await bot.stop()
    return 0
  },
} satisfies Subcommand
