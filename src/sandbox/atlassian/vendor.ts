import type { OpenVendor } from '../vendor.ts'
import { pretendAtlassian } from './index.ts'
import { showsAtlassian } from './shows.ts'

const open: OpenVendor = async (options) => {
  const server = await pretendAtlassian(options)
  return { ...server, shows: (email) => showsAtlassian(server.world.truth(), email) }
}
export default open
