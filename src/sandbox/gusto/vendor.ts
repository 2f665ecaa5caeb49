import type { OpenVendor } from '../vendor.ts'
import { pretendGusto } from './index.ts'
import { showsGusto } from './shows.ts'

const open: OpenVendor = async (options) => {
  const server = await pretendGusto(options)
  return { ...server, shows: (email) => showsGusto(server.world.truth(), email) }
}

export default open
