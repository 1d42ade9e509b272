/** Moves a sender on as if it had sent messages that were all lost, without making them. */
import type { ProtocolAddress } from '../identity/address.ts'
import { nextChainKey } from '../session/message-keys.ts'
import { decodeSessionRecord, encodeSessionRecord } from '../session/session-codec.ts'
import { nextSendKey } from '../session/spqr/key-chain.ts'
import { decodeSpqrState, encodeSpqrState } from '../session/spqr/state-codec.ts'
import type { MemoryDevice } from './memory-device.ts'

/** Works once the sender has sent something in the session. */
export async function skipMessages(from: MemoryDevice, to: ProtocolAddress, messages: number): Promise<void> {
  const stored = await from.stores.loadSession(to)
  // a copy: what is decoded from stored bytes is overwritten when the session moves on
  const record = stored && decodeSessionRecord(stored.slice())
  const senderChain = record?.current?.senderChain
  if (!record?.current || !senderChain) throw new Error('no session')
  const spqr = decodeSpqrState(record.current.pqRatchet)
  let { chainKey } = senderChain
  let { chain } = spqr
  for (let i = 0; i < messages; i++) {
    chainKey = nextChainKey(chainKey)
    if (chain) chain = nextSendKey(chain, spqr.braid.epoch - 1).chain
  }
  const current = {
    ...record.current,
    senderChain: { ...senderChain, chainKey },
    pqRatchet: encodeSpqrState({ ...spqr, chain }),
  }
  await from.stores.storeSession(to, encodeSessionRecord({ ...record, current }))
}
