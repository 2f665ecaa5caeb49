import type { OpenVendor } from '../vendor.ts'
import { pretendOkta } from './index.ts'
import { showsOkta } from './shows.ts'

const open: OpenVendor = async (options) => {
  const server = await pretendOkta(options)
  return { ...server, shows: (email) => showsOkta(server.world.truth(), email) }
}

export default open
