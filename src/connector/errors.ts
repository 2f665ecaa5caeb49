/**
 * What a vendor call can end in, besides an answer. The class says whether to try again; the message says who does
 * what next. Only the gate throws Busy, Denied and InDoubt; a connector may throw Rejected.
 */

/** The vendor cannot answer now: throttled, down, slow or unreachable. Nothing was applied. Try again later. */
export class Busy extends Error {
  override readonly name = 'Busy'
}

/** The credential is refused: stop this connector and tell IT where to renew it. */
export class Denied extends Error {
  override readonly name = 'Denied'
}

/** The vendor understood and said no to this one; trying again changes nothing, a person decides. */
export class Rejected extends Error {
  override readonly name = 'Rejected'
  /** HTTP status, LDAP result code, or nothing. */
  readonly status: number | undefined
  /** The vendor's own word for it ("Authorization_RequestDenied"). */
  readonly code: string | undefined
  constructor(message: string, more: { status?: number; code?: string; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.status = more.status
    this.code = more.code
  }
}

/** A write was sent and its answer was lost: it may have happened. Never sent again; read back first. */
export class InDoubt extends Error {
  override readonly name = 'InDoubt'
}
