/** A token that is fetched and renewed in time; the one that is held is handed to all who ask. */
export interface HeldToken {
  token: string
  /** Epoch ms; best a while before it runs out, so that none runs out on its way. */
  until: number
}

/** Those who ask while a token is on its way wait for the same one; a failure is not kept. */
export function renewing<T extends HeldToken>(fetchToken: () => Promise<T>): () => Promise<T> {
  let held: Promise<T> | undefined
  const renew = () => {
    const next = fetchToken()
    held = next
    next.catch(() => {
      if (held === next) held = undefined
    })
    return next
  }
  return async () => {
    const now = await (held ?? renew())
    return now.until > Date.now() ? now : renew()
  }
}
