/** The workspace as a system that people are offboarded from; what the bot talks to is `pretendSlack`. */
import { pretendSlackAdmin } from '../slack-admin/index.ts'
import type { OpenVendor } from '../vendor.ts'

const open: OpenVendor = (options) => pretendSlackAdmin({ ...options, plan: 'enterprise' })

export default open
