/** Threads that play simulated worlds: they take what is left of the cores, and much memory. */
import { constants, setPriority } from 'node:os'

/** Nearly everything dies young here, and a small nursery would be swept all the time. */
export const resourceLimits = { maxYoungGenerationSizeMb: 128 }

/** Called by the thread itself; Linux gives each thread a priority of its own. */
export function yieldToOthers(): void {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
}
