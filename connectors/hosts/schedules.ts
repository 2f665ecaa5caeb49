/** What starts by itself as the leaver: crontabs, at jobs, and services of a user who is not signed in (linger). */
import type { AutomaticStep } from '../../src/connector.ts'
import { either, find, giveBack, moveAside, safePath } from './files.ts'
import type { Host, Hosts } from './host.ts'
import { hereOf, targetOf } from './person.ts'
import { type Person, platformOf } from './platform.ts'

/** A crontab is a file by the user's name, an at job one that the user owns (crontab(1), at(1)). */
export const schedules: AutomaticStep<Hosts> = {
  id: 'schedules',
  title: 'Move crontabs and at jobs aside',
  area: 'infrastructure',
  phase: 'contain',
  async find(at) {
    const here = await hereOf(at)
    if (!here) return []
    const found = await scheduled(here.host, here.person)
    return found.map(({ path }) => {
      const label = `Scheduled: ${path}`
      if (safePath(path)) return { id: path, label, state: 'open', fact: 'starts by itself' }
      return { id: path, label, state: 'blocked', fact: 'its name does not go into a command: IT does it by hand' }
    })
  },
  async apply(at, { id }) {
    const { host, person } = await targetOf(at)
    const one = (await scheduled(host, person)).find(({ path }) => path === id)
    if (one) await moveAside(host, person.uid, one.folder, id)
  },
  async undo(at, { id }) {
    const { host, person } = await targetOf(at)
    const folder = platformOf(host).scheduleFolders.find((one) => id.startsWith(one))
    if (folder) await giveBack(host, person.uid, folder, id)
  },
}

async function scheduled(host: Host, { login, uid }: Person): Promise<{ folder: string; path: string }[]> {
  const folders = platformOf(host).scheduleFolders
  const theirs = either(['-name', login], ['-uid', String(uid)])
  const found = await Promise.all(
    folders.map(async (folder) => {
      const paths = await find(host, [folder], ['-maxdepth', '2', '-type', 'f', ...theirs])
      return paths.map((path) => ({ folder, path }))
    }),
  )
  return found.flat()
}

const lingering = '/var/lib/systemd/linger'

/** systemd keeps a file by the user's name there for whom it starts services at boot (loginctl(1), enable-linger). */
export const linger: AutomaticStep<Hosts> = {
  id: 'linger',
  title: 'Stop services that start without a sign-in',
  area: 'infrastructure',
  phase: 'contain',
  async find(at) {
    const here = await hereOf(at)
    if (here?.host.settings.platform !== 'linux') return []
    const found = await find(here.host, [lingering], ['-maxdepth', '1', '-name', here.person.login])
    return found.map(() => ({ id: 'linger', label: `Linger of ${here.person.login}`, state: 'open', fact: 'enabled' }))
  },
  async apply(at) {
    const { host, person } = await targetOf(at)
    await host.run({ what: 'disable linger', argv: ['loginctl', 'disable-linger', person.login], writes: true })
  },
  async undo(at) {
    const { host, person } = await targetOf(at)
    await host.run({ what: 'enable linger', argv: ['loginctl', 'enable-linger', person.login], writes: true })
  },
}
