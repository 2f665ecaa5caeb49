import type { OpenVendor } from '../vendor.ts'
import { pretendGitlab } from './index.ts'
import { showsGitlab } from './shows.ts'

const open: OpenVendor = async (options) => {
  const server = await pretendGitlab(options)
  return { ...server, shows: (email) => showsGitlab(server.world.truth(), email) }
}
export default open
