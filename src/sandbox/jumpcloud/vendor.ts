import type { OpenVendor } from '../vendor.ts'
import { pretendJumpCloud } from './index.ts'
import { showsJumpCloud } from './shows.ts'

/** In the sandbox every device comes online before long. */
const onlineEveryMs = 2_000

const openVendor: OpenVendor = async (options) => {
  const jumpcloud = await pretendJumpCloud(options)
  const devices = setInterval(jumpcloud.settle, onlineEveryMs)
  return {
    ...jumpcloud,
    shows: (email) => showsJumpCloud(jumpcloud.world.truth(), email),
    async close() {
      clearInterval(devices)
      await jumpcloud.close()
    },
  }
}
export default openVendor
