/** What may be pressed for the whole offboarding, by state. A button only asks: every rule is held at the click. */
import type { Button, KnownBlock } from '@slack/types'
import { inQuarantine } from '../../offboarding/decide.ts'
import { type Offboarding, roles } from '../../offboarding/offboarding.ts'
import { actions, button } from './blocks.ts'
import { giveBackButton } from './give-back-card.ts'
import { digestRef, ref, value } from './refs.ts'
import { watchButtons } from './watch.ts'
import { roleTitles } from './words.ts'

export function cardButtons(one: Offboarding): KnownBlock[] {
  const buttons = [
    ...releaseButtons(one),
    ...signButtons(one),
    ...stopButtons(one),
    ...lookButtons(one),
    ...giveBackButton(one),
    ...watchButtons(one),
  ]
  return buttons.length > 0 ? [actions(`card-${ref(one.id)}`, buttons)] : []
}

function signButtons(one: Offboarding): Button[] {
  const plan = one.plan
  if (one.state !== 'awaiting-sign-off' || !plan || plan.ambiguous.length > 0 || inQuarantine(one)) return []
  return roles
    .filter((role) => !one.signOffs[role])
    .map((role) =>
      button({
        action: `sign-${role}`,
        text: `Sign off for ${roleTitles[role]}`,
        value: value(one.id, digestRef(plan.digest)),
        style: 'primary',
        confirm: {
          title: 'Sign this off?',
          text: 'You sign the plan as this card shows it. With both signatures it runs at its time.',
          yes: 'Sign off',
        },
      }),
    )
}

function releaseButtons(one: Offboarding): Button[] {
  if (one.state !== 'awaiting-sign-off' || !inQuarantine(one)) return []
  return [
    button({
      action: 'release',
      text: 'Release',
      value: value(one.id),
      confirm: {
        title: 'Release it?',
        text: 'You say by name that this request is meant. It can be signed then.',
        yes: 'Release',
      },
    }),
  ]
}

function stopButtons(one: Offboarding): Button[] {
  if (one.state !== 'awaiting-sign-off' && one.state !== 'scheduled') return []
  return [
    button({ action: 'decline', text: 'Decline', value: value(one.id), style: 'danger' }),
    button({
      action: 'withdraw',
      text: 'Withdraw',
      value: value(one.id),
      confirm: { title: 'Withdraw it?', text: 'Nothing will be done. It can be asked for again.', yes: 'Withdraw' },
    }),
  ]
}

function lookButtons(one: Offboarding): Button[] {
  return one.plan ? [button({ action: 'show-everything', text: 'Show everything', value: value(one.id) })] : []
}
