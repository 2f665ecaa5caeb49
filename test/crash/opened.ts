/**
 * Recoveries that turn out to be the same one: what a torn write left is cut off at the start, and from there on the
 * folder, all that the store has read in it, time, chance and the world outside may be those of a recovery that was
 * played already. Nothing else goes into what a process does next.
 */
import type { EmbeddedStore } from '../../src/store/embedded.ts'
import { sha256 } from '../../src/store/line.ts'
import * as time from './time.ts'
import type { World } from './world.ts'

/** What a process has before it when its folder is open: the same name, the same future. */
export function nameOfOpened({ disk, moving, scene }: World, store: EmbeddedStore): string {
  const { files, folders } = disk.freeze().survivor('kill')
  const kept = [...files].filter(([path]) => isRead(path)).sort(([one], [other]) => (one < other ? -1 : 1))
  const bytes = kept.map(([path, content]) => [path, content.toString('latin1')])
  const problems = store.problems().filter((one) => one.offboarding)
  const read = [[...store.opened()], store.head(), problems]
  const flying = moving.flying.map(({ id: _counted, ...one }) => one)
  const outside = [scene.seed, time.now(), { ...moving, flying }]
  return sha256(JSON.stringify([bytes, [...folders].filter(isRead).sort(), read, outside]))
}

/** A copy of what was cut off lies in set-aside/ for people, and a draft is begun afresh: of both only the names are read. */
function isRead(path: string): boolean {
  return !path.includes('/set-aside') && !path.endsWith('/.draft')
}
