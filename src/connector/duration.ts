import { z } from 'zod'

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A length of time as people write it (`90m`, `4h`, `3d`); milliseconds once read. */
export function duration(): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^(0|[1-9]\d{0,4})[smhd]$/, 'is a length of time such as 90m, 4h or 3d')
    .transform((text) => Number(text.slice(0, -1)) * unitMs[text.slice(-1) as keyof typeof unitMs])
}
