import type { OpenVendor } from '../vendor.ts'
import { pretendHosts } from './index.ts'

const open: OpenVendor = (options) => pretendHosts(options)

export default open
