import type { OpenVendor } from '../vendor.ts'
import { pretendKandji } from './index.ts'

const openVendor: OpenVendor = (options) => pretendKandji(options)
export default openVendor
