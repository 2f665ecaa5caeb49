import type { OpenVendor } from '../vendor.ts'
import { pretendGithub } from './index.ts'
import { showsGithub } from './shows.ts'

const open: OpenVendor = async (options) => {
  const server = await pretendGithub(options)
  return { ...server, shows: (email) => showsGithub(server.world.truth(), email) }
}
export default open
