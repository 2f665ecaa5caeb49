import type { OpenVendor } from '../vendor.ts'
import { pretendFleet } from './index.ts'

const openVendor: OpenVendor = (options) => pretendFleet(options)
export default openVendor
