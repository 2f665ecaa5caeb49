/** Waiting without sleeping: looks again at every change of the workspace. */
import type { Workspace } from './workspace.ts'

/**
 * Resolves with the first truthy value that `look` gives. The timeout is in real milliseconds, whatever clock Slack runs
 * on: it only ends a wait that would never end.
 */
export async function until<T>(
  state: Workspace,
  look: () => T | undefined | null | false,
  timeoutMs = 5000,
  what = 'what was waited for',
): Promise<T> {
  const now = look()
  if (now) return now
  return new Promise<T>((done, fail) => {
    const timer = setTimeout(() => {
      stop()
      fail(new Error(`${what} did not come about within ${timeoutMs} ms`))
    }, timeoutMs)
    const stop = state.onChange(() => {
      try {
        const found = look()
        if (!found) return
        end()
        done(found)
      } catch (error) {
        end()
        fail(error)
      }
    })
    function end() {
      clearTimeout(timer)
      stop()
    }
  })
}
