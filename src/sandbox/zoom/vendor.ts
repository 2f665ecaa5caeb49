import type { OpenVendor } from '../vendor.ts'
import { pretendZoom } from './index.ts'

const open: OpenVendor = (options) => pretendZoom(options)

export default open
