/** How long an order may take to show, and how long a system is asked in vain. */

/** Milliseconds. */
export interface Settling {
  /** First pause between two looks; doubles up to `maxPause`. */
  firstPause: number
  maxPause: number
  /** How long an ordered change may take to show. */
  window: number
  /** How long a system that does not answer is tried again before a person must act. */
  patience: number
  /** After a crash: how long a request that was on its way may still land. */
  inFlight: number
}

export const usualSettling: Settling = {
  firstPause: 250,
  maxPause: 10_000,
  window: 90_000,
  patience: 15 * 60_000,
  inFlight: 35_000,
}
