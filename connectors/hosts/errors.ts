/** What a failure on the way to a host means to the gate. */
import { Rejected } from '../../src/connector.ts'

/** Not the host's last word on what was asked. */
export class Trouble extends Error {
  override readonly name = 'Trouble'
  readonly kind: 'busy' | 'in-doubt'
  constructor(kind: 'busy' | 'in-doubt', message: string, cause?: unknown) {
    super(message, { cause })
    this.kind = kind
  }
}

export function classify(error: unknown): 'busy' | 'in-doubt' | undefined {
  return error instanceof Trouble ? error.kind : undefined
}

/**
 * One host that refuses our key is no reason to stop at all the others, so this is the refusal of that host, not of the
 * credential. `level` is ssh2's own word for where a connection failed.
 */
export function notConnected(error: unknown, where: { id: string; user: string }): Error {
  if (error instanceof Rejected || error instanceof Trouble) return error
  const { level, code, message } = error as { level?: string; code?: string; message: string }
  if (level === 'client-authentication')
    return new Rejected(
      `${where.id} refuses to let ${where.user} in: IT puts Latchkey's public key into the authorized_keys of ${where.user} there, and sees that the user is neither locked nor expired`,
      { code: 'credential', cause: error },
    )
  return new Trouble('busy', `no connection to ${where.id} (${code ?? message})`, error)
}
