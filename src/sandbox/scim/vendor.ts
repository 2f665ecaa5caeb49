import type { OpenVendor } from '../vendor.ts'
import { pretendScim } from './index.ts'

const open: OpenVendor = (options) => pretendScim(options)

export default open
