import type { OpenVendor } from '../vendor.ts'
import { pretendZoom } from './index.ts'
import { showsZoom } from './shows.ts'

const open: OpenVendor = async (options) => {
  const server = await pretendZoom(options)
  return { ...server, shows: (email) => showsZoom(server.world.truth(), email) }
}

export default open
