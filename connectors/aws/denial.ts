/**
 * How far into the future a denial of sessions reaches, ms: whatever may still be issued until everything else is taken
 * away is denied too, and a day later it is spent.
 */
export const reachMs = 24 * 3_600_000

/** The longest session that AWS gives for a role or a permission set, ms; a denial is spent so long after its reach. */
export const longestSessionMs = 12 * 3_600_000
