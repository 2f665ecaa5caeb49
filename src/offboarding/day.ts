/** `2026-03-31`, where it is that day in this zone (IANA); in UTC where nobody knows the zone, or it is none. */
export function dayIn(at: Date, zone: string | undefined): string {
  try {
    // Swedish dates are written as ISO 8601 has them.
    return new Intl.DateTimeFormat('sv', { timeZone: zone ?? 'UTC' }).format(at)
  } catch (error) {
    if (error instanceof RangeError && zone !== undefined) return dayIn(at, undefined)
    throw error
  }
}
