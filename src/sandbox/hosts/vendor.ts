import type { OpenVendor } from '../vendor.ts'
import { pretendHosts } from './index.ts'
import { showsHosts } from './shows.ts'

const open: OpenVendor = async (options) => {
  const hosts = await pretendHosts(options)
  return {
    ...hosts,
    shows: (email) => showsHosts(hosts.machines, email),
    temper(to) {
      // A machine has no way to ask for patience; it is just slow.
      hosts.mood.as = to === 'throttled' ? 'slow' : to
    },
  }
}

export default open
