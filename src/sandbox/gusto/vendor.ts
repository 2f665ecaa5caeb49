import type { OpenVendor } from '../vendor.ts'
import { pretendGusto } from './index.ts'

const open: OpenVendor = (options) => pretendGusto(options)

export default open
