/** A device that forgets everything with the process. Two `Pli` over one of these are two tabs of one browser. */
import { createInProcessLocks } from '../owner/in-process-locks.ts'
import { createMemoryDisk, type MemoryDisk, openMemoryRows } from '../store/rows-memory.ts'
import type { DeviceStorage } from './device-storage.ts'

export function createMemoryStorage(): DeviceStorage {
  const disks = new Map<string, MemoryDisk>()
  const records = new Map<string, unknown>()
  const channelPrefix = crypto.randomUUID()
  return {
    records: {
      get: async (key) => structuredClone(records.get(key)),
      list: async (prefix) =>
        [...records]
          .filter(([key]) => key.startsWith(prefix))
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, value]) => ({ key, value: structuredClone(value) })),
      update: async (key, change) => {
        const next = change(structuredClone(records.get(key)))
        if (next === undefined) records.delete(key)
        else records.set(key, structuredClone(next))
        return next
      },
    },
    openRows: async (name) => {
      const disk = disks.get(name) ?? createMemoryDisk()
      disks.set(name, disk)
      return openMemoryRows(disk)
    },
    eraseRows: async (name) => {
      disks.delete(name)
    },
    locks: createInProcessLocks(),
    openChannel: (name) => openUnreferencedChannel(`${channelPrefix} ${name}`),
    createDeviceKey: async () => undefined,
    close: () => {},
  }
}

/** In Node an open channel would keep the process alive. */
function openUnreferencedChannel(name: string): BroadcastChannel {
  const channel: BroadcastChannel & { unref?: () => void } = new BroadcastChannel(name)
  channel.unref?.()
  return channel
}
