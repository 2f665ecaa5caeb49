/** What the pretend Kandji holds of one person: their record and their devices. */
import { row, type Shown, told } from '../shown.ts'
import type { KandjiState } from './state.ts'

export function showsKandji({ users, devices, removed }: KandjiState, email: string): Shown[] {
  const ids = users.filter((one) => one.email === email).map((one) => one.id)
  const own = devices.filter((one) => ids.includes(one.user))
  return told(
    own.map((one) => {
      const lost = one.lost_mode_status !== '' && /^(ENABLED|PENDING)/i.test(one.lost_mode_status)
      const waits = one.commands.some((command) => command.status === 1)
      const gone = removed.includes(one.device_id)
      const words = [
        one.locked && 'locked',
        lost && 'lost mode',
        one.erased && 'erased',
        gone && 'removed',
        waits && 'an order waits',
      ]
      const state = words.filter((word) => word !== false).join(', ')
      return row('devices', one.device_name, state || 'in use', !one.locked && !lost && !one.erased)
    }),
  )
}
