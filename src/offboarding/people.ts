/** Who it is about, as systems and Slack know them. */
import { z } from 'zod'

/** What a directory says of a person, where it says it. */
export const KnownOfPerson = z.object({
  name: z.string().optional(),
  title: z.string().optional(),
  department: z.string().optional(),
  managerEmail: z.string().optional(),
  managerName: z.string().optional(),
  /** Last day, ISO date. */
  endDate: z.string().optional(),
  /** IANA time zone. */
  zone: z.string().optional(),
  emails: z.array(z.string()).optional(),
})
export type KnownOfPerson = z.infer<typeof KnownOfPerson>

export const Account = z.object({
  realm: z.string().min(1),
  /** The system's immutable id (objectGUID, object id, user id), never a name or an e-mail address. */
  id: z.string().min(1),
  /** How people recognise it: a user principal name, a login. */
  label: z.string(),
  known: KnownOfPerson.optional(),
  /** Set when this account must never be touched, with the reason ("the principal that Latchkey itself signs in as"). */
  protected: z.string().optional(),
})
export type Account = z.infer<typeof Account>

export const Person = z.object({ id: z.string().min(1), name: z.string(), email: z.string().optional() })
export type Person = z.infer<typeof Person>

/** The person whose access ends. `id` is the Slack id where there is one, else `mailto:` and the address asked for. */
export const Leaver = z.object({
  id: z.string().min(1),
  slackId: z.string().optional(),
  name: z.string(),
  /** All known addresses, lower case, the primary one first. */
  emails: z.array(z.string()).min(1),
  zone: z.string().optional(),
})
export type Leaver = z.infer<typeof Leaver>
