/** The workspace as a system that people are offboarded from; what the bot talks to is `pretendSlack`. */
import { pretendSlackAdmin } from '../slack-admin/index.ts'
import { showsSlack } from '../slack-admin/shows.ts'
import type { OpenVendor } from '../vendor.ts'

const open: OpenVendor = async (options) => {
  const server = await pretendSlackAdmin({ ...options, plan: 'enterprise' })
  return { ...server, shows: (email) => showsSlack(server.world.truth(), email) }
}

export default open
