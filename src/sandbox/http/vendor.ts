import type { OpenVendor } from '../vendor.ts'
import { pretendHttp } from './index.ts'
import { showsHttp } from './shows.ts'

const open: OpenVendor = async (options) => {
  const server = await pretendHttp(options)
  return { ...server, shows: (email) => showsHttp(server.world.truth(), email) }
}

export default open
