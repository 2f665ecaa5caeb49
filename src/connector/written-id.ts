/** Ids as vendors write them. */
import { z } from 'zod'

/** An id that some write as a number, as text. What is neither becomes no id: `String({})` would make one of anything. */
export const writtenId = z.union([z.string(), z.number()]).transform(String).pipe(z.string().min(1))
