import { encryptMessage, sealedSenderEncrypt } from '@pli/crypto'
import { describe, expect, it } from 'vitest'
import { createNativeEngine } from '../engine-native/native-engine.ts'
import { createCryptoEngine } from './crypto-engine.ts'
import type { EngineResult, SessionEngine } from './session-engine.ts'
import { createAuthority, Party } from './testing/party.ts'

const engines: Record<string, () => SessionEngine> = {
  ours: createCryptoEngine,
  native: createNativeEngine,
}
const pairs = ['ours', 'native'].flatMap((a) => ['ours', 'native'].map((b) => [a, b] as const))

function value<T>(result: EngineResult<T>): T {
  if (!result.ok) throw new Error(result.detail)
  return result.value
}

async function twoParties(a: string, b: string): Promise<[Party, Party]> {
  const authority = createAuthority()
  const make = (name: string) => Party.create(engines[name]!(), authority)
  const [first, second] = [await make(a), await make(b)]
  await second.trust(first)
  return [first, second]
}

/** One byte changed, near the end, where the ciphertext is. */
function tamper(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[copy.length - 20]! ^= 1
  return copy
}

describe.each(pairs)('%s writes to %s', (a, b) => {
  it('holds a conversation over many turns', async () => {
    const [first, second] = await twoParties(a, b)
    value(await first.meet(second))
    for (let turn = 0; turn < 6; turn += 1) {
      expect(await second.read(value(await first.seal(`question ${turn}`, second)))).toBe(`question ${turn}`)
      expect(await first.read(value(await second.seal(`answer ${turn}`, first)))).toBe(`answer ${turn}`)
    }
  })

  it('reads messages that come in another order', async () => {
    const [first, second] = await twoParties(a, b)
    value(await first.meet(second))
    const sealed = [0, 1, 2].map((n) => first.seal(`m${n}`, second))
    const [m0, m1, m2] = [value(await sealed[0]!), value(await sealed[1]!), value(await sealed[2]!)]
    expect([await second.read(m2), await second.read(m0), await second.read(m1)]).toEqual(['m2', 'm0', 'm1'])
  })

  it('refuses a replay as a duplicate, and a tampered copy before it can change anything', async () => {
    const [first, second] = await twoParties(a, b)
    value(await first.meet(second))
    await second.read(value(await first.seal('hello', second)))
    const sealed = value(await first.seal('dose', second))
    const before = await second.session(first)
    expect(await second.read(tamper(sealed))).toBe('malformed')
    expect(await second.session(first)).toEqual(before)
    expect(await second.read(sealed)).toBe('dose')
    expect(await second.read(sealed)).toBe('duplicate')
  })

  it('refuses a bundle whose signature does not hold', async () => {
    const [first, second] = await twoParties(a, b)
    const bundle = await second.bundle()
    const signature = Uint8Array.from(bundle.signedPreKey.signature)
    signature[3]! ^= 1
    const forged = { ...bundle, signedPreKey: { ...bundle.signedPreKey, signature } }
    expect(await first.meet(second, forged)).toMatchObject({ ok: false, reason: 'refused_bundle' })
    expect(await first.session(second)).toBeUndefined()
  })

  it('refuses to send to an identity key that is not the trusted one', async () => {
    const [first, second] = await twoParties(a, b)
    value(await first.meet(second))
    await first.store.transact(async (transaction) => {
      transaction.put('identities', second.address.serviceId, {
        accepted: first.identity.publicKey,
        verified: false,
      })
    })
    expect(await first.seal('secret', second)).toMatchObject({ ok: false, reason: 'untrusted_identity' })
  })

  it('refuses a sender nobody vouches for, and one whose certificate ended before the relay received it', async () => {
    const [first, second] = await twoParties(a, b)
    value(await first.meet(second))
    const sealed = value(await first.seal('hello', second))
    expect(await second.unseal(sealed, Date.now() + 3_600_000)).toMatchObject({ reason: 'certificate' })
    const stranger = new Party(second.engine, createAuthority(), second.identity, second.store)
    expect(await stranger.unseal(sealed)).toMatchObject({ ok: false, reason: 'certificate' })
  })

  it('asks for what it could not read; the sender recognises its session and archives it', async () => {
    const [first, second] = await twoParties(a, b)
    value(await first.meet(second))
    await second.read(value(await first.seal('one', second)))
    await first.read(value(await second.seal('two', first)))
    // The second device loses its session, as after a restored disk.
    await second.store.transact(async (transaction) => {
      transaction.remove('sessions', `${first.address.serviceId}.${first.address.deviceId}`)
    })
    const sealed = value(await first.seal('lost', second))
    expect(await second.read(sealed)).toBe('undecryptable')

    const failed = value(await second.unseal(sealed))
    expect(failed.contentHint).toBe('resendable')
    const request = second.engine.buildRetryRequest(failed, 1234)!
    const asked = await second.engine.sealRetryRequest({
      request,
      recipientIdentityKey: first.identity.publicKey,
      identity: second.identity,
      senderCertificate: second.certificate(),
    })
    const heard = value(await first.unseal(asked))
    expect(heard.messageType).toBe(8)
    const { ratchetKey, timestampMs, deviceId } = value(first.engine.readRetryRequest(heard))
    expect({ timestampMs, deviceId }).toEqual({ timestampMs: 1234, deviceId: 1 })
    const session = (await first.session(second))!
    expect(first.engine.ratchetKeyMatches(session, ratchetKey!)).toBe(true)
    expect(first.engine.remoteRegistrationId(session)).toBe(second.identity.registrationId)
    const archived = first.engine.archiveSession(session)
    expect(first.engine.hasUsableSession(session, Date.now())).toBe(true)
    expect(first.engine.hasUsableSession(archived, Date.now())).toBe(false)
  })

  it('refuses a base key that the last-resort key has met before', async () => {
    const [first, second] = await twoParties(a, b)
    value(await first.meet(second, await second.bundle(false)))
    const sealed = value(await first.seal('hello', second))
    expect(await second.read(sealed)).toBe('hello')
    await second.store.transact(async (transaction) => {
      transaction.remove('sessions', `${first.address.serviceId}.${first.address.deviceId}`)
    })
    expect(await second.read(sealed)).toBe('undecryptable')
    expect(await second.session(first)).toBeUndefined()
  })

  it('refuses a session of another identity than the one that sealed', async () => {
    const [first, second] = await twoParties(a, b)
    const impostor = await Party.create(createCryptoEngine(), first.authority)
    value(await impostor.meet(second))
    const ends = { remote: second.address, local: first.address }
    const message = await impostor.staged((stores) =>
      encryptMessage(new TextEncoder().encode('as if'), ends.remote, ends.local, stores, Date.now()),
    )
    const sealed = await sealedSenderEncrypt({
      message,
      senderCertificate: first.certificate(),
      recipientIdentityKey: second.identity.publicKey,
      senderIdentity: first.identity,
    })
    expect(await second.read(sealed)).toBe('untrusted_identity')
    expect(await second.session(first)).toBeUndefined()
  })

  it('computes the same safety number on both sides, and compares what was scanned', async () => {
    const [first, second] = await twoParties(a, b)
    const end = (party: Party) => ({
      accountId: party.address.serviceId,
      identityKey: party.identity.publicKey,
    })
    const mine = await first.engine.safetyNumber(end(first), end(second))
    const theirs = await second.engine.safetyNumber(end(second), end(first))
    expect(mine.digits).toBe(theirs.digits)
    expect(mine.digits).toMatch(/^\d{60}$/)
    expect(first.engine.compareSafetyNumber(mine.scannable, theirs.scannable)).toBe('match')
    expect(first.engine.compareSafetyNumber(mine.scannable, mine.scannable)).toBe('mismatch')
    expect(first.engine.compareSafetyNumber(mine.scannable, Uint8Array.of(9, 9))).toBe('unreadable')
  })
})
