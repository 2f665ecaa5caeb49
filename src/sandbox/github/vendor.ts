import type { OpenVendor } from '../vendor.ts'
import { pretendGithub } from './index.ts'

const open: OpenVendor = (options) => pretendGithub(options)
export default open
