import type { OpenVendor } from '../vendor.ts'
import { pretendAtlassian } from './index.ts'

const open: OpenVendor = (options) => pretendAtlassian(options)
export default open
