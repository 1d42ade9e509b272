/**
 * Purpose: where the sandbox's identity provider keeps its sessions and codes when several relays stand in for one: each
 * page and each request of a sign-in may come to another node. Source: oidc-provider's adapter interface.
 */
import type { Redis } from 'ioredis'
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'

const PREFIX = 'pli:sandbox-iam'
const USUAL_LIFETIME_SECONDS = 24 * 3600

export function createRedisAdapter(redis: Redis): AdapterFactory {
  const keyOf = (model: string, id: string) => `${PREFIX}:${model}:${id}`

  async function read(key: string): Promise<AdapterPayload | undefined> {
    const text = await redis.get(key)
    return text === null ? undefined : (JSON.parse(text) as AdapterPayload)
  }

  return (model): Adapter => ({
    async upsert(id, payload, expiresInSeconds) {
      const seconds = expiresInSeconds ?? USUAL_LIFETIME_SECONDS
      await redis.set(keyOf(model, id), JSON.stringify(payload), 'EX', seconds)
      if (payload.uid !== undefined) await redis.set(keyOf(`${model}-uid`, payload.uid), id, 'EX', seconds)
      if (payload.grantId === undefined) return
      await redis.sadd(keyOf('of-grant', payload.grantId), keyOf(model, id))
      await redis.expire(keyOf('of-grant', payload.grantId), USUAL_LIFETIME_SECONDS)
    },
    find: (id) => read(keyOf(model, id)),
    async findByUid(uid) {
      const id = await redis.get(keyOf(`${model}-uid`, uid))
      return id === null ? undefined : read(keyOf(model, id))
    },
    // The sandbox has no flow with codes that a person types.
    findByUserCode: async () => undefined,
    async consume(id) {
      const payload = await read(keyOf(model, id))
      if (payload === undefined) return
      const consumed = { ...payload, consumed: Math.floor(Date.now() / 1000) }
      await redis.set(keyOf(model, id), JSON.stringify(consumed), 'KEEPTTL')
    },
    async destroy(id) {
      await redis.del(keyOf(model, id))
    },
    async revokeByGrantId(grantId) {
      const keys = await redis.smembers(keyOf('of-grant', grantId))
      await redis.del(keyOf('of-grant', grantId), ...keys)
    },
  })
}
