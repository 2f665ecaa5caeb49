/** Chromebooks change status in batches of at most 50: calls of one moment go out as one request. */
import type { admin_directory_v1 } from 'googleapis/build/src/apis/admin/directory_v1.js'
import { Rejected } from '../../src/connector.ts'
import { ask } from './ask.ts'
import { StatusResults } from './shapes.ts'

export type StatusAction =
  | 'CHANGE_CHROME_OS_DEVICE_STATUS_ACTION_DISABLE'
  | 'CHANGE_CHROME_OS_DEVICE_STATUS_ACTION_REENABLE'
export type ChangeStatus = (deviceId: string, action: StatusAction) => Promise<void>

interface Waiting {
  deviceId: string
  done: () => void
  failed: (error: unknown) => void
}

/** customer.devices.chromeos.batchChangeStatus: "Maximum 50." */
const mostAtOnce = 50

export function changeTogether(directory: () => admin_directory_v1.Admin, customerId: string): ChangeStatus {
  const waiting = new Map<StatusAction, Waiting[]>()

  async function send(action: StatusAction, batch: readonly Waiting[]): Promise<void> {
    try {
      const answer = await ask(
        'change the status of Chromebooks',
        () =>
          directory().customer.devices.chromeos.batchChangeStatus({
            customerId,
            requestBody: { deviceIds: batch.map((one) => one.deviceId), changeChromeOsDeviceStatusAction: action },
          }),
        StatusResults,
      )
      for (const one of batch) settle(one, answer.changeChromeOsDeviceStatusResults ?? [])
    } catch (error) {
      for (const one of batch) one.failed(error)
    }
  }

  function flush(action: StatusAction): void {
    const all = waiting.get(action) ?? []
    waiting.delete(action)
    for (let at = 0; at < all.length; at += mostAtOnce) void send(action, all.slice(at, at + mostAtOnce))
  }

  return (deviceId, action) =>
    new Promise((done, failed) => {
      const batch = waiting.get(action) ?? []
      if (batch.length === 0) setImmediate(flush, action)
      waiting.set(action, [...batch, { deviceId, done, failed }])
    })
}

function settle(one: Waiting, results: readonly admin_directory_v1.Schema$ChangeChromeOsDeviceStatusResult[]): void {
  const result = results.find((candidate) => candidate.deviceId === one.deviceId)
  if (result && !result.error) return one.done()
  const why = result?.error?.message ?? 'its answer does not mention this device'
  one.failed(
    new Rejected(`Google refused to change the status of this Chromebook: ${why}.`, {
      code: String(result?.error?.code ?? ''),
    }),
  )
}
