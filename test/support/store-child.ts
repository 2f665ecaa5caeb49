/**
 * A process of its own over a data folder: `hold` opens it and says so, `append` adds events without end and prints the
 * number of each that is acknowledged.
 */
import { systemClock } from '../../src/clock.ts'
import { realDisk } from '../../src/store/disk.ts'
import { noted, openStore } from './store-bed.ts'

const [task = '', folder = ''] = process.argv.slice(2)
const store = await openStore({ folder, disk: realDisk, clock: systemClock, segmentBytes: 20_000, snapshotEvery: 20 })
process.stdout.write('open\n')

async function append(id: string): Promise<void> {
  for (let count = (await store.history(id))?.length ?? 0; ; count += 1) {
    await store.append(id, [noted(String(count))])
    process.stdout.write(`${id} ${count}\n`)
    if (count % 50 === 49) await store.close(id)
  }
}

if (task === 'append') await Promise.all([append('off-1'), append('off-2'), append('off-3')])
setInterval(() => undefined, 1000)
