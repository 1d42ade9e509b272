/**
 * Purpose: where the sandbox's identity provider keeps its sessions and codes: in memory, for as long as they live.
 * Source: oidc-provider's adapter interface. A restart only means that a sign-in under way begins again.
 */
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'

interface Entry {
  payload: AdapterPayload
  expiresAtMs: number
}

/** Entries of one provider; what expired goes when this many more were written. */
const SWEEP_EVERY = 200

export function createMemoryAdapter(): AdapterFactory {
  const entries = new Map<string, Entry>()
  let writes = 0

  function read(key: string): AdapterPayload | undefined {
    const entry = entries.get(key)
    return entry === undefined || entry.expiresAtMs <= Date.now() ? undefined : entry.payload
  }

  function write(key: string, entry: Entry): void {
    entries.set(key, entry)
    writes += 1
    if (writes % SWEEP_EVERY !== 0) return
    for (const [old, { expiresAtMs }] of entries) if (expiresAtMs <= Date.now()) entries.delete(old)
  }

  function findBy(model: string, field: 'uid' | 'userCode', value: string): AdapterPayload | undefined {
    for (const [key] of entries) {
      const payload = key.startsWith(`${model}:`) ? read(key) : undefined
      if (payload?.[field] === value) return payload
    }
    return undefined
  }

  return (model): Adapter => ({
    async upsert(id, payload, expiresInSeconds) {
      // Registered clients come without an end; everything else has one.
      const lifetimeMs = (expiresInSeconds ?? 24 * 3600) * 1000
      write(`${model}:${id}`, { payload, expiresAtMs: Date.now() + lifetimeMs })
    },
    find: async (id) => read(`${model}:${id}`),
    findByUid: async (uid) => findBy(model, 'uid', uid),
    findByUserCode: async (userCode) => findBy(model, 'userCode', userCode),
    async consume(id) {
      const payload = read(`${model}:${id}`)
      if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000)
    },
    async destroy(id) {
      entries.delete(`${model}:${id}`)
    },
    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of entries) if (payload.grantId === grantId) entries.delete(key)
    },
  })
}
