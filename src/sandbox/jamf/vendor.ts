import type { OpenVendor } from '../vendor.ts'
import { pretendJamf } from './index.ts'
import { showsJamf } from './shows.ts'

/** In the sandbox every device comes online before long. */
const onlineEveryMs = 2_000

const openVendor: OpenVendor = async (options) => {
  const jamf = await pretendJamf(options)
  const devices = setInterval(jamf.settle, onlineEveryMs)
  return {
    ...jamf,
    shows: (email) => showsJamf(jamf.world.truth(), email),
    async close() {
      clearInterval(devices)
      await jamf.close()
    },
  }
}
export default openVendor
