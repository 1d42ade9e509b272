/** The installation's secrets in MongoDB. */
import type { InstallationStore } from '../interfaces.ts'
import { isDuplicate } from './failures.ts'
import type { Models } from './models.ts'

export function mongoInstallation({ installation }: Models): InstallationStore {
  const get = async (name: string) => (await installation.findOne({ _id: name }).lean())?.value

  return {
    get,
    async putIfAbsent(name, value) {
      try {
        await installation.insertMany([{ _id: name, value: Buffer.from(value) }])
        return value
      } catch (error) {
        if (!isDuplicate(error)) throw error
        return (await get(name)) ?? value
      }
    },
    async set(name, value) {
      await installation.updateOne({ _id: name }, { $set: { value: Buffer.from(value) } }, { upsert: true })
    },
    async delete(name) {
      await installation.deleteOne({ _id: name })
    },
  }
}
