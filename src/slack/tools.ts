/** What gestures work with. */
import type { ModalView } from '@slack/types'
import type { Offboarding } from '../offboarding/offboarding.ts'
import type { OpenModal, SeenView, Tools } from './gesture.ts'
import type { SlackOptions } from './options.ts'
import type { People } from './people.ts'
import { uploadReport } from './upload.ts'
import { refusalOf, type Web } from './web.ts'

export interface ToolParts {
  options: SlackOptions
  people: People
  web: Web
  signal: AbortSignal
  publishHome(user: string): Promise<void>
  audienceChanged(channel: string): void
}

export function createTools({ options, people, web, signal, publishHome, audienceChanged }: ToolParts): Tools {
  const { ledger, settings, clock, policy, systems, gestures } = options
  return {
    ...{ ledger, people, clock, policy, systems, gestures, publishHome, audienceChanged },
    channel: settings.channel,
    protected: settings.protected,
    requesters: settings.requesters,
    managerOf: options.managerOf,
    halts: options.halts,
    keys: options.keys,
    openModal: (trigger, view) => openModal(web, trigger, view),
    redraw: (view, next) => redraw(web, view, next),
    async sendReport(one: Offboarding, to: string) {
      const { channel } = await web.slow.conversations.open({ users: to })
      if (!channel?.id) throw new Error('conversations.open answered without a channel')
      const where = { channel: channel.id, since: clock.now().toISOString() }
      await uploadReport({ web: web.slow, clock, signal }, one, await options.report(one), where)
    },
  }
}

async function openModal(web: Web, trigger: string, view: ModalView): Promise<OpenModal> {
  const opened = await web.quick.views.open({ trigger_id: trigger, view })
  const id = opened.view?.id ?? ''
  return {
    id,
    async show(next) {
      await update(web, { view_id: id, view: next })
    },
  }
}

async function redraw(web: Web, view: SeenView, next: ModalView): Promise<void> {
  await update(web, { view_id: view.id, hash: view.hash, view: next })
}

async function update(web: Web, wanted: { view_id: string; hash?: string; view: ModalView }): Promise<void> {
  try {
    await web.quick.views.update(wanted)
  } catch (error) {
    // Somebody typed on meanwhile, and the newer view wins; or they closed it.
    const name = refusalOf(error)
    if (name !== 'hash_conflict' && name !== 'not_found') throw error
  }
}
