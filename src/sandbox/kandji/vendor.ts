import type { OpenVendor } from '../vendor.ts'
import { pretendKandji } from './index.ts'
import { showsKandji } from './shows.ts'

/** In the sandbox every device comes online before long. */
const onlineEveryMs = 2_000

const openVendor: OpenVendor = async (options) => {
  const kandji = await pretendKandji(options)
  const devices = setInterval(kandji.settle, onlineEveryMs)
  return {
    ...kandji,
    shows: (email) => showsKandji(kandji.world.truth(), email),
    async close() {
      clearInterval(devices)
      await kandji.close()
    },
  }
}
export default openVendor
