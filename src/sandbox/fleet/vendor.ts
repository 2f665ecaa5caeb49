import type { OpenVendor } from '../vendor.ts'
import { pretendFleet } from './index.ts'
import { showsFleet } from './shows.ts'

/** In the sandbox every device comes online before long. */
const onlineEveryMs = 2_000

const openVendor: OpenVendor = async (options) => {
  const fleet = await pretendFleet(options)
  const devices = setInterval(fleet.settle, onlineEveryMs)
  return {
    ...fleet,
    shows: (email) => showsFleet(fleet.world.truth(), email),
    async close() {
      clearInterval(devices)
      await fleet.close()
    },
  }
}
export default openVendor
