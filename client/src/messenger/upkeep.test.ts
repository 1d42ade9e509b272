import type { OutcomeState } from '@pli/protocol/wire'
import { expect, it, vi } from 'vitest'
import { createNativeEngine } from '../engine-native/native-engine.ts'
import type { RelayApi } from '../relay/relay-api.ts'
import { KEEP_OLD_MS, makeFirstPreKeys, ROTATE_AFTER_MS } from '../sessions/prekeys.ts'
import { openMemoryStore } from '../store/open-store.ts'
import { put } from '../store/record-store.ts'
import { inventedConversation, outgoing } from '../testing/people.ts'
import { addWritten, advance, saveConversation } from './conversation-log.ts'
import { askOutcomes, doUpkeep, type UpkeepContext } from './upkeep.ts'

const DAY_MS = 24 * 3600_000

async function start(left = { preKeys: 100, kyberPreKeys: 100 }) {
  const store = await openMemoryStore()
  const engine = createNativeEngine()
  const identity = { ...(await engine.generateIdentityKeyPair()), registrationId: 7 }
  const clock = { atMs: Date.UTC(2026, 0, 5) }
  await store.commit((await makeFirstPreKeys(engine, identity, clock.atMs)).changes)
  const outcomes: { states: OutcomeState[] } = { states: [] }
  // The relay's part here is a few numbers; what it does with keys is tried with the real one.
  const relay = {
    keyCounts: async () => left,
    uploadKeys: vi.fn<RelayApi['uploadKeys']>(async () => {}),
    account: async () => ({}),
  }
  const context = {
    store,
    engine,
    identity,
    relay,
    device: { deviceToken: 'token' },
    connection: { outcomes: async () => ({ ok: true, value: outcomes }) },
    nowMs: () => clock.atMs,
    fence: 0,
  } as unknown as UpkeepContext
  return { store, context, relay, clock, outcomes }
}

it('tops up one-time prekeys below twenty, and stores each before it is uploaded', async () => {
  const { store, context, relay } = await start({ preKeys: 19, kyberPreKeys: 20 })
  relay.uploadKeys.mockImplementation(async (_token, { preKeys = [] }) => {
    for (const { id } of preKeys) expect(await store.get('preKeys', String(id))).toBeDefined()
  })
  await doUpkeep(context)
  const [, request] = relay.uploadKeys.mock.calls[0]!
  expect(request.preKeys).toHaveLength(81)
  expect(request.kyberPreKeys).toEqual([])
})

it('rotates signed and last-resort keys every two days and keeps the old ones 45 days', async () => {
  const { store, context, relay, clock } = await start()
  const rotations = Math.ceil(KEEP_OLD_MS / ROTATE_AFTER_MS) + 5
  for (let n = 0; n < rotations; n += 1) {
    clock.atMs += ROTATE_AFTER_MS
    await doUpkeep(context)
    await doUpkeep(context)
  }
  expect(relay.uploadKeys).toHaveBeenCalledTimes(rotations)
  const signed = await store.list('signedPreKeys')
  expect(signed.length).toBeLessThanOrEqual(24)
  expect(clock.atMs - signed[0]!.order).toBeGreaterThan(KEEP_OLD_MS - 3 * DAY_MS)
  const lastResorts = (await store.list('kyberPreKeys')).filter((row) => row.value.lastResort)
  expect(lastResorts.length).toBe(signed.length)
  // One-time keys do not age: somebody may hold a bundle with one.
  expect(await store.count('preKeys')).toBe(100)
})

it('says that a message expired, and lets it be once it is delivered', async () => {
  const { store, context, outcomes, clock } = await start()
  const conversation = inventedConversation()
  const message = outgoing(conversation, clock.atMs)
  await store.transact(async (transaction) => {
    addWritten(transaction, conversation, message)
    const written = await transaction.get('conversations', conversation.conversationId)
    saveConversation(transaction, advance(transaction, written!, message, 'relayed', clock.atMs))
  })
  const { conversationId } = conversation
  await store.commit([
    put(
      'undelivered',
      message.id,
      { conversationId, idempotencyKey: new Uint8Array(16) },
      { order: clock.atMs },
    ),
  ])
  const state = async () => (await store.get('messages', message.id))?.outgoing?.state
  for (const still of ['queued', 'delivered', 'unknown'] as const) {
    outcomes.states = [still]
    await askOutcomes(context)
    expect(await state()).toBe('relayed')
  }
  outcomes.states = ['expired']
  await askOutcomes(context)
  expect(await state()).toBe('expired')
  expect((await store.get('conversations', conversationId))?.lastMessage?.outgoing?.state).toBe('expired')
  expect(await store.count('undelivered')).toBe(0)
})
