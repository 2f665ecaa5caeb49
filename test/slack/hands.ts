/** What people do in most stories: find the card, open the form, fill it in. */
import { afterEach } from 'vitest'
import type { Answer } from '../../src/sandbox/slack/answer.ts'
import type { Post } from '../../src/sandbox/slack/index.ts'
import { step } from '../support/story.ts'
import { type Bed, type BedOptions, bed, room } from './bed.ts'

/** At most one bed is open at a time; it is closed after each test. */
export function beds(): (options?: BedOptions) => Promise<Bed> {
  const open: Bed[] = []
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close()
  })
  return async (options = {}) => {
    const made = await bed(options)
    open.push(made)
    return made
  }
}

export const suspend = step('okta/suspend', { connectorTitle: 'Okta', title: 'Suspend the account', area: 'directory' })
export const keys = step('aws/keys', { connectorTitle: 'AWS', title: 'Deactivate access keys', area: 'infrastructure' })

export function textIn(value: unknown): string {
  return JSON.stringify(value).replaceAll('\\"', '"')
}

export function card(bed: Bed): Promise<Post> {
  return bed.slack.until(
    () => bed.slack.messages(room).find((one) => JSON.stringify(one).includes('sign-hr')),
    8000,
    'the card',
  )
}

export function cardNow(bed: Bed): Post {
  const found = bed.slack.messages(room)[0]
  if (!found) throw new Error('there is no card')
  return found
}

export const filled = { when: 'now', kind: 'resignation', devices: 'lock' }

export async function fill(
  bed: Bed,
  user: string,
  values: Record<string, unknown>,
  line = '/offboard @jo.miller',
): Promise<Answer> {
  const form = await formOf(bed, user, line)
  return bed.slack.as(user).submit(form, values)
}

export async function formOf(bed: Bed, user: string, line = '/offboard @jo.miller') {
  await bed.slack.as(user).slash(line)
  return bed.slack.until(() => bed.slack.views(user).find((view) => view.callback_id === 'request'), 8000, 'the form')
}
