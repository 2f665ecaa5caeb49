import type { OpenVendor } from '../vendor.ts'
import { pretendScim } from './index.ts'
import { showsScim } from './shows.ts'

const open: OpenVendor = async (options) => {
  const server = await pretendScim(options)
  const shows = (email: string) => showsScim(server.world.truth(), email)
  return { ...server, settings: { ...server.settings, title: 'Example Wiki' }, shows }
}

export default open
