/** Two members with a session, on the engines that a scenario names. */
import { randomUUID } from 'node:crypto'
import type { KeyPair, ProtocolAddress } from '@pli/crypto'
import { NativeParty } from './native-party.ts'
import { OurParty } from './our-party.ts'
import type { Engine } from './party.ts'
import type { Relay } from './relay.ts'

export type AnyParty = OurParty | NativeParty

/** Who opens to whom; at least one of them is ours. */
export const PAIRS: readonly (readonly [Engine, Engine])[] = [
  ['js', 'native'],
  ['native', 'js'],
  ['js', 'js'],
]

/** @param identity shared by the devices of one account */
export async function makeParty(
  engine: Engine,
  relay: Relay,
  address: ProtocolAddress = { serviceId: randomUUID(), deviceId: 1 },
  identity?: KeyPair,
): Promise<AnyParty> {
  return engine === 'js'
    ? OurParty.create(address, relay, identity)
    : new NativeParty(address, relay, identity)
}

export async function introduce(from: AnyParty, to: AnyParty): Promise<void> {
  await from.openSession(await to.publishBundle(), to.address)
}
