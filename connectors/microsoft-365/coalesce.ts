/** Puts the calls of one tick together, so that findings that are applied side by side travel as one request. */
export function coalesce<Item>(run: (items: readonly Item[]) => Promise<readonly (Error | undefined)[]>) {
  let waiting: { item: Item; done: () => void; failed: (error: unknown) => void }[] = []

  async function flush(): Promise<void> {
    const now = waiting
    waiting = []
    try {
      const errors = await run(now.map((one) => one.item))
      for (const [index, one] of now.entries()) {
        const error = errors[index]
        if (error) one.failed(error)
        else one.done()
      }
    } catch (error) {
      for (const one of now) one.failed(error)
    }
  }

  return (item: Item): Promise<void> =>
    new Promise((done, failed) => {
      waiting.push({ item, done, failed })
      if (waiting.length === 1) setImmediate(() => void flush())
    })
}
