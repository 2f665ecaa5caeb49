/** One of the threads that fuzz: takes a part of a door, holds it, and says how it went. */
import { parentPort } from 'node:worker_threads'
import type { Held, Task } from './door.ts'
import { doors } from './doors.ts'
import { swiftTimers } from './swift.ts'

export interface Order extends Task {
  door: string
  part: string
}

export interface Told extends Held {
  order: Order
  ms: number
}

/** What there is to be held; the thread that hands out orders loads none of it. */
export type Plan = { name: string; scale?: number; parts: { name: string; share: number }[] }[]

if (parentPort) {
  swiftTimers()
  const plan: Plan = doors.map(({ parts, ...door }) => ({
    ...door,
    parts: parts.map(({ name, share }) => ({ name, share })),
  }))
  parentPort.postMessage(plan)
  parentPort.on('message', (order: Order) => void work(order))
}

async function work(order: Order): Promise<void> {
  const part = doors.find((one) => one.name === order.door)?.parts.find((one) => one.name === order.part)
  if (!part) throw new Error(`there is no part ${order.part} of a door ${order.door}`)
  const from = performance.now()
  const held = await part.hold(order)
  const told: Told = { ...held, order, ms: Math.round(performance.now() - from) }
  parentPort?.postMessage(told)
}
