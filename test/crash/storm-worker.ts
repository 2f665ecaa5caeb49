/** One core's share of the storms. */
import { parentPort, workerData } from 'node:worker_threads'
import { yieldToOthers } from './counting-thread.ts'
import { storms } from './storms.ts'
import { install } from './time.ts'

if (parentPort) {
  const { from, count, step } = workerData as { from: number; count: number; step: number }
  yieldToOthers()
  install()
  parentPort.postMessage(await storms(from, count, step))
}
