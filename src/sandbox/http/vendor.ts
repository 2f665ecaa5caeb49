import type { OpenVendor } from '../vendor.ts'
import { pretendHttp } from './index.ts'

const open: OpenVendor = (options) => pretendHttp(options)

export default open
