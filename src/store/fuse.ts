/**
 * What ends the store for good. After a sync that failed nobody knows what is on disk: the system may have thrown the
 * pages away and would call the next sync a success, so nothing is tried again and the process has to stop.
 */
import type { OpenFile } from './disk.ts'

export interface Fuse {
  /** Why the store ended, once it has. */
  readonly blown: Error | undefined
  /** Ends the store; tells `onFatal` the first time. Answers the error to reject with. */
  blow(error: unknown): Error
}

export function createFuse(onFatal: (error: Error) => void): Fuse {
  let blown: Error | undefined
  return {
    get blown() {
      return blown
    },
    blow(error) {
      if (blown) return blown
      const reason = error instanceof Error ? error : new Error(String(error))
      blown = new Error(
        `${reason.message} Latchkey has stopped keeping records and must be restarted; what was under way is read back then. IT looks at that disk first.`,
        { cause: reason },
      )
      onFatal(blown)
      return blown
    },
  }
}

/** A sync failed: the one error that no code here may survive. */
export class SyncFailed extends Error {
  override name = 'SyncFailed'
}

export async function syncFile(file: OpenFile, name: string): Promise<void> {
  try {
    await file.sync()
  } catch (error) {
    throw new SyncFailed(`${name} could not be made durable (${reasonOf(error)}).`, { cause: error })
  }
}

export async function syncFolder(disk: { syncFolder(folder: string): Promise<void> }, folder: string): Promise<void> {
  try {
    await disk.syncFolder(folder)
  } catch (error) {
    throw new SyncFailed(`The folder ${folder} could not be made durable (${reasonOf(error)}).`, { cause: error })
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
