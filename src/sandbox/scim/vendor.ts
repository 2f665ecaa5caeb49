import type { OpenVendor } from '../vendor.ts'
import { pretendScim } from './index.ts'

const open: OpenVendor = async (options) => {
  const server = await pretendScim(options)
  return { ...server, settings: { ...server.settings, title: 'Example Wiki' } }
}

export default open
