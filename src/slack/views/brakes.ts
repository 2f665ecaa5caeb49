/** What the thread says when everything was stopped, goes on, or when a request that was held back was let go on. */
import type { Offboarding, Person } from '../../offboarding/offboarding.ts'
import { clip, escaped, lines, type Shown, tidy } from './blocks.ts'
import { nameOf, personPiece } from './words.ts'

export function haltedNotice({ by, why }: NonNullable<Offboarding['halted']>): Shown {
  return {
    text: `Everything is stopped, by ${escaped(nameOf(by))}. Nothing is sent to any system until IT goes on.`,
    blocks: [
      lines([
        ['⏹️ Everything is stopped by ', personPiece(by), `: ${clip(tidy(why), 600)}`],
        ['What was on its way is still answered; nothing more is sent until IT types /offboard resume.'],
      ]),
    ],
  }
}

export function resumedNotice(by: Person): Shown {
  return {
    text: `Latchkey goes on, after ${escaped(nameOf(by))} resumed it.`,
    blocks: [lines([['▶️ Goes on: ', personPiece(by), ' resumed it. Each step reads its system again first.']])],
  }
}

export function releasedNotice(by: Person): Shown {
  return {
    text: `This request was released by ${escaped(nameOf(by))} and can be signed.`,
    blocks: [lines([['🔓 Released by ', personPiece(by), '. It can be signed now.']])],
  }
}
