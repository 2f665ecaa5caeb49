import type { OpenVendor } from '../vendor.ts'
import { pretendGitlab } from './index.ts'

const open: OpenVendor = (options) => pretendGitlab(options)
export default open
