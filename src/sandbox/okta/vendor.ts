import type { OpenVendor } from '../vendor.ts'
import { pretendOkta } from './index.ts'

const open: OpenVendor = (options) => pretendOkta(options)

export default open
