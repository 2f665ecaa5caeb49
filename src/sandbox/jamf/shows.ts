/** The devices that the pretend Jamf Pro knows as one person's. */
import { row, type Shown, told } from '../shown.ts'
import type { Common, JamfState } from './state.ts'

export function showsJamf({ computers, mobiles, commands }: JamfState, email: string): Shown[] {
  const ordered = (one: Common) =>
    commands.some((command) => command.managementId === one.managementId && command.state === 'PENDING')
  const line = (one: Common, states: readonly (string | false)[]) => {
    const words = [
      ...states,
      one.wiped && 'wiped',
      !one.managed && 'no longer managed',
      ordered(one) && 'an order waits',
    ]
    const told = words.filter((word) => word !== false)
    return row('devices', one.name, told.join(', ') || 'in use', states.every((word) => word === false) && !one.wiped)
  }
  const mine = <T extends Common>(all: readonly T[]) => all.filter((one) => one.user.email === email)
  return told([
    ...mine(computers).map((one) => line(one, [one.locked && 'locked'])),
    ...mine(mobiles).map((one) => line(one, [one.lostMode && 'lost mode'])),
  ])
}
