/** Where a planted bug shows: a folder is made right there, for whoever wants to end the process at that very moment. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

/** In the data folder. */
export const plantedFolder = 'planted'

export async function showPlanted(): Promise<void> {
  const data = process.env.LATCHKEY_DATA
  if (!data) throw new Error('a planted bug needs LATCHKEY_DATA')
  await mkdir(join(data, plantedFolder), { recursive: true })
}

/** Whether this is the message that tells the end. */
export function isDone(method: string, options: unknown): boolean {
  return method === 'chat.postMessage' && JSON.stringify(options).includes('"key":"done"')
}
