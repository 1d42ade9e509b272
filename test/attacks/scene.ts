/** Who takes part in an attack: one hostile relay for a test file, victims that note what they refuse, hostile peers. */
import type { Messenger } from '@pli/client'
import { createCryptoEngine, type SessionEngine, type TestDevice } from '@pli/client/testing'
import type { AccountId } from '@pli/protocol/wire'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { hasText, until, untilMessage } from '../client/until.ts'
import { HostilePeer } from './hostile-peer.ts'
import { type HostileRelay, startHostileRelay } from './hostile-relay.ts'

export interface Victim extends TestDevice {
  /** Codes with which its engine refused, such as `decrypt:bad_mac`, oldest first. */
  readonly refusals: string[]
}

export interface Scene {
  readonly relay: HostileRelay
  /** A device of a demo person, open. */
  victim(slug: string): Promise<Victim>
  peer(slug: string): Promise<HostilePeer>
}

export function useScene(): Scene {
  let relay: HostileRelay | undefined
  const devices: TestDevice[] = []
  const peers: HostilePeer[] = []
  beforeAll(async () => {
    relay = await startHostileRelay()
  })
  afterEach(async () => {
    if (relay !== undefined) relay.attacks = {}
    for (const device of devices.splice(0)) await device.close()
    for (const peer of peers.splice(0)) peer.close()
    relay?.forget()
  })
  afterAll(() => relay?.close())
  const running = () => {
    if (relay === undefined) throw new Error('the relay is not up')
    return relay
  }
  return {
    get relay() {
      return running()
    },
    victim: async (slug) => {
      const refusals: string[] = []
      const device = await running().device(slug, { engine: noting(refusals) })
      devices.push(device)
      await device.open()
      return Object.assign(device, { refusals })
    },
    peer: async (slug) => {
      const peer = await HostilePeer.register(running(), slug)
      peers.push(peer)
      return peer
    },
  }
}

function noting(refusals: string[]): SessionEngine {
  const engine = createCryptoEngine()
  const note = <T extends { ok: boolean; detail?: string }>(operation: string, result: T): T => {
    if (!result.ok) refusals.push(`${operation}:${result.detail}`)
    return result
  }
  return {
    ...engine,
    processBundle: async (...input) => note('bundle', await engine.processBundle(...input)),
    seal: async (...input) => note('seal', await engine.seal(...input)),
    unseal: async (...input) => note('unseal', await engine.unseal(...input)),
    decrypt: async (...input) => note('decrypt', await engine.decrypt(...input)),
  }
}

/** One message each way, so that sessions stand. */
export async function acquaint(first: TestDevice, second: TestDevice): Promise<void> {
  await first.messenger.openConversation(second.personId)
  await first.messenger.sendText(second.accountId, 'hello')
  await untilMessage(second.messenger, first.accountId, hasText('hello'), 'hello')
  await second.messenger.sendText(first.accountId, 'hello too')
  await untilMessage(first.messenger, second.accountId, hasText('hello too'), 'hello too')
}

/** A session of the peer with the victim, with one message read: what follows is not a first message. */
export async function befriend(peer: HostilePeer, victim: TestDevice): Promise<void> {
  await peer.meet(victim)
  await peer.sendText(victim, 'good day')
  await untilMessage(victim.messenger, peer.accountId, hasText('good day'), 'good day')
  await wait(() => peer.count('receipt') > 0, 'the receipt')
}

/** What follows an attack arrives: the victim is alive, and the session whole. */
export async function stillReads(
  peer: HostilePeer,
  victim: TestDevice,
  text = 'and after it',
): Promise<void> {
  await peer.sendText(victim, text)
  await untilMessage(victim.messenger, peer.accountId, hasText(text), text)
}

export async function untilState(
  messenger: Messenger,
  to: AccountId,
  id: string,
  state: string,
): Promise<{ state: string; code?: string }> {
  const message = await untilMessage(
    messenger,
    to,
    (one) => one.id === id && one.outgoing?.state === state,
    `${state}`,
  )
  return message.outgoing as { state: string; code?: string }
}

export async function untilUpToDate(messenger: Messenger): Promise<void> {
  await until(messenger.connection, (one) => one.state === 'online' && one.upToDate, 'up to date')
}

export async function wait(wanted: () => boolean, what: string, patienceMs = 15_000): Promise<void> {
  const giveUpAtMs = Date.now() + patienceMs
  while (!wanted()) {
    if (Date.now() > giveUpAtMs) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
