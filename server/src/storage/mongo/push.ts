/** Push subscriptions in MongoDB, one per device key. */
import type { PushStore } from '../interfaces.ts'
import { findDeviceKey } from './find-device.ts'
import type { Models } from './models.ts'

export function mongoPush(models: Models): PushStore {
  const { push } = models
  return {
    async set(address, { endpoint, p256dh, auth }) {
      const device = await findDeviceKey(models, address)
      if (device === undefined) return false
      const fields = { endpoint, p256dh: Buffer.from(p256dh), auth: Buffer.from(auth) }
      await push.updateOne({ _id: device }, { $set: fields }, { upsert: true })
      return true
    },
    async get(address) {
      const device = await findDeviceKey(models, address)
      const found = device === undefined ? null : await push.findOne({ _id: device }).lean()
      return found ? { endpoint: found.endpoint, p256dh: found.p256dh, auth: found.auth } : undefined
    },
    async remove(address, endpoint) {
      const device = await findDeviceKey(models, address)
      if (device === undefined) return
      await push.deleteOne({ _id: device, ...(endpoint === undefined ? {} : { endpoint }) })
    },
  }
}
