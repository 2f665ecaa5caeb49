import type { OpenVendor } from '../vendor.ts'
import { pretendBambooHr } from './index.ts'
import { showsBambooHr } from './shows.ts'

const open: OpenVendor = async (options) => {
  const server = await pretendBambooHr(options)
  return { ...server, shows: (email) => showsBambooHr(server.world.truth(), email) }
}

export default open
