import type { OpenVendor } from '../vendor.ts'
import { pretendBambooHr } from './index.ts'

const open: OpenVendor = (options) => pretendBambooHr(options)

export default open
