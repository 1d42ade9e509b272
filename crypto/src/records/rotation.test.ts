/** What a contact can and cannot learn from a rotation statement, also one that a thief made. */
import { describe, expect, it } from 'vitest'
import { generateKeyPair, type KeyPair } from '../primitives/curve.ts'
import { ProtobufWriter, readProtobuf } from '../wire/protobuf.ts'
import { hashRecord, rotateIdentity, rotationsConflict, signRecord, verifyIdentityRotation } from './index.ts'

const accountId = 'a0000000-0000-4000-8000-000000000001'
const oldIdentity = generateKeyPair()
const known = { accountId, identityKey: oldIdentity.publicKey }
const rotate = (change: object = {}) =>
  rotateIdentity({ accountId, deviceId: 2, oldIdentity, reason: 'device-lost', nowMs: 1_000, ...change })
const halves = (statement: Uint8Array) => {
  const fields = readProtobuf(statement, { maxLength: 10_000 })
  return [fields.requireBytes(1), fields.requireBytes(2)] as const
}
const code = (value: string) => expect.objectContaining({ code: value })

describe('a rotation of the identity', () => {
  it('makes a new key and says why, which key it replaces and from which device', () => {
    const { newIdentity, statement } = rotate()
    expect(newIdentity.publicKey).not.toEqual(oldIdentity.publicKey)
    expect(verifyIdentityRotation(statement, known)).toEqual({
      accountId,
      oldIdentityKey: oldIdentity.publicKey,
      newIdentityKey: newIdentity.publicKey,
      deviceId: 2,
      reason: 'device-lost',
      createdAtMs: 1_000,
    })
  })

  it('is refused for another account, or from a key that is not the known one', () => {
    const { statement } = rotate()
    const otherAccount = { ...known, accountId: 'b0000000-0000-4000-8000-000000000002' }
    expect(() => verifyIdentityRotation(statement, otherAccount)).toThrow(code('record_wrong_party'))
    const stranger = rotate({ oldIdentity: generateKeyPair() })
    expect(() => verifyIdentityRotation(stranger.statement, known)).toThrow(code('record_wrong_party'))
  })

  it('needs the new key to agree: nobody claims the key of somebody else', () => {
    const [mine, theirs] = [rotate(), rotate()]
    const [handover] = halves(mine.statement)
    const [, takeover] = halves(theirs.statement)
    const mixed = new ProtobufWriter().bytes(1, handover).bytes(2, takeover).finish()
    expect(() => verifyIdentityRotation(mixed, known)).toThrow(code('record_wrong_party'))
    const alone = new ProtobufWriter().bytes(1, handover).finish()
    expect(() => verifyIdentityRotation(alone, known)).toThrow(code('malformed'))
  })

  it('is refused when its halves differ, although both are signed, or when nothing changes', () => {
    const newIdentity = generateKeyPair()
    const statementOf = (to: KeyPair, change: object) => {
      const parties = (from: KeyPair, other: KeyPair) => ({
        signer: { accountId, identityKey: from.publicKey, deviceId: 2 },
        addressee: { accountId, identityKey: other.publicKey },
        createdAtMs: 1_000,
        body: Uint8Array.of(1),
      })
      const handover = { kind: 'identity-handover', ...parties(oldIdentity, to) }
      const takeover = {
        kind: 'identity-takeover',
        questionHash: hashRecord(handover),
        ...parties(to, oldIdentity),
      }
      return new ProtobufWriter()
        .bytes(1, signRecord(handover, oldIdentity))
        .bytes(2, signRecord({ ...takeover, ...change }, to))
        .finish()
    }
    expect(verifyIdentityRotation(statementOf(newIdentity, {}), known).reason).toBe('device-lost')
    const differences = [
      { body: Uint8Array.of(2) },
      { createdAtMs: 1_001 },
      { questionHash: undefined },
      { questionHash: new Uint8Array(64) },
      { supersedes: new Uint8Array(64) },
    ]
    for (const change of differences) {
      const statement = statementOf(newIdentity, change)
      expect(() => verifyIdentityRotation(statement, known)).toThrow(code('record_not_canonical'))
    }
    const toItself = statementOf(oldIdentity, {})
    expect(() => verifyIdentityRotation(toItself, known)).toThrow(code('record_not_canonical'))
  })

  it('is refused with any byte changed', () => {
    const { statement } = rotate()
    for (let at = 0; at < statement.length; at += 3) {
      const changed = Uint8Array.from(statement)
      changed[at] = changed[at]! ^ 4
      expect(() => verifyIdentityRotation(changed, known), `byte ${at}`).toThrow(
        expect.objectContaining({ name: 'CryptoError' }),
      )
    }
  })

  it('by a thief who kept the old key is valid too, and the two together show that', () => {
    const [owner, thief] = [rotate(), rotate({ reason: 'precaution' })]
    const [a, b] = [owner, thief].map(({ statement }) => verifyIdentityRotation(statement, known))
    expect(rotationsConflict(a!, b!)).toBe(true)
    expect(rotationsConflict(a!, a!)).toBe(false)
    const later = rotate({ oldIdentity: owner.newIdentity })
    const c = verifyIdentityRotation(later.statement, { accountId, identityKey: owner.newIdentity.publicKey })
    expect(rotationsConflict(a!, c)).toBe(false)
  })
})
