/** Recovery keys: what is kept, one of them opened for one pair of eyes, and what the thread says of that. */
import type { ModalView } from '@slack/types'
import type { Offboarding } from '../../offboarding/offboarding.ts'
import { actions, bold, button, clip, context, escaped, type Line, lines, type Shown, tidy } from './blocks.ts'
import { modal } from './notice.ts'
import { value } from './refs.ts'
import { moment, nameOf, personPiece } from './words.ts'

/** A key that is kept, without the key itself. */
export interface KeptKey {
  offboarding: string
  system: string
  realm: string
  name: string
  at: string
  id: string
}

const title = 'Recovery keys'
/** A modal takes 100 blocks; each key takes two. */
const mostListed = 40

export function keyList(one: Offboarding, kept: readonly KeptKey[]): ModalView {
  const head: Line = [bold(`Offboarding of ${nameOf(one.leaver)}`), ` · ${one.id}`]
  if (kept.length === 0) return modal(title, [lines([head, ['Nothing is kept for this offboarding.']])])
  const newest = kept.slice(-mostListed)
  const left = kept.length - newest.length
  const more = left > 0 ? [context(`and ${left} older: latchkey escrow ${one.id}`)] : []
  return modal(title, [
    lines([head, ['Whoever opens one is named in the thread and on the record.']]),
    ...newest.flatMap((key) => [
      lines([
        [bold(clip(tidy(key.name), 200)), ` · ${clip(tidy(`${key.system}, ${key.realm}`), 200)} · `, moment(key.at)],
      ]),
      actions(key.id, [button({ action: 'open-key', text: 'Open', value: value(one.id, key.id) })]),
    ]),
    ...more,
  ])
}

export function keyShown(one: Offboarding, key: KeptKey, opened: { key: string } | { sealed: string }): ModalView {
  const head: Line = [bold(clip(tidy(key.name), 200)), ` · ${one.id}`]
  if ('key' in opened) return modal(title, [lines([head, [{ type: 'text', text: opened.key, style: { code: true } }]])])
  return modal(title, [
    lines([head, ['It can only be opened with an identity that is not on this host: age --decrypt, then paste this.']]),
    {
      type: 'rich_text',
      elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: opened.sealed }] }],
    },
  ])
}

export function openedNotice({ by, name, system }: NonNullable<Offboarding['openings']>[number]): Shown {
  const what = clip(tidy(`${name} (${system})`), 400)
  return {
    text: `A recovery key was opened by ${escaped(nameOf(by))}.`,
    blocks: [lines([['🔑 ', personPiece(by), ` opened a recovery key: ${what}`]])],
  }
}
