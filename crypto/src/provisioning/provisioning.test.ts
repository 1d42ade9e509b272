/** Linking a device: what both screens show, and what stops who stands in the middle, sends junk, or comes late. */
import { createDecipheriv, createHmac, hkdfSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CryptoError } from '../errors.ts'
import { concatBytes, utf8ToBytes } from '../primitives/bytes.ts'
import { generateKeyPair } from '../primitives/curve.ts'
import { generateKyberKeyPair } from '../primitives/kyber1024.ts'
import {
  decodeContents,
  deriveSealingKeys,
  encodeContents,
  openContents,
  type ProvisioningContents,
  sealContents,
} from './contents.ts'
import { ExistingDeviceLinking, NewDeviceLinking } from './index.ts'
import { encodeChallenge, encodeReveal } from './messages.ts'
import { offerToUri, parseOfferUri } from './offer.ts'

const NOW = 1_790_000_000_000
const contents: ProvisioningContents = {
  identity: generateKeyPair(),
  accountId: 'a0000000-0000-4000-8000-000000000001',
  settingsKey: new Uint8Array(32).fill(7),
  provisioningCode: utf8ToBytes('single-use'),
  createdAtMs: NOW,
}
const code = (value: string) => expect.objectContaining({ code: value })

function begin() {
  const fresh = new NewDeviceLinking(NOW)
  const existing = new ExistingDeviceLinking(fresh.uri, NOW)
  return { fresh, existing }
}

/** Both devices up to the point where the person compares. */
function upToDigits() {
  const { fresh, existing } = begin()
  const challenge = fresh.answerCommitment(existing.commitment, NOW)
  const { reveal, shortCode } = existing.answerChallenge(challenge, NOW)
  return { fresh, existing, challenge, reveal, onExisting: shortCode, onNew: fresh.acceptReveal(reveal, NOW) }
}

describe('linking a device', () => {
  it('shows the same six digits on both screens and hands everything over', () => {
    const { fresh, existing, onExisting, onNew } = upToDigits()
    expect(onNew).toMatch(/^\d{6}$/)
    expect(onExisting).toBe(onNew)
    expect(existing.rendezvous).toEqual(fresh.rendezvous)
    expect(fresh.open(existing.confirmAndSeal(contents, NOW), NOW)).toEqual(contents)
  })

  it('shows other digits each time', () => {
    const seen = new Set(Array.from({ length: 8 }, () => upToDigits().onNew))
    expect(seen.size).toBeGreaterThan(6)
  })

  it('shows nothing of the contents, nor of how long the code is', () => {
    const sealed = (provisioningCode: Uint8Array) =>
      upToDigits().existing.confirmAndSeal({ ...contents, provisioningCode }, NOW)
    const short = sealed(Uint8Array.of(1))
    expect(short.length).toBe(sealed(new Uint8Array(100)).length)
    expect(Buffer.from(short).includes(Buffer.from(contents.settingsKey))).toBe(false)
  })

  it('computes the digits as documented, over everything that was said, checked with another implementation', () => {
    const { fresh, challenge, reveal, onNew } = upToDigits()
    const offer = Buffer.from(fresh.uri.slice('pli:link/1/'.length), 'base64url')
    // version byte, then tag and length before each field
    const nonceAndKey = [challenge.subarray(3, 35), challenge.subarray(38)]
    const keyAndNonce = [reveal.subarray(3, 36), reveal.subarray(38)]
    expect(nonceAndKey.concat(keyAndNonce).map(({ length }) => length)).toEqual([32, 1569, 33, 32])
    const transcript = createHmac('sha256', 'Pli-provisioning-transcript-v1\0')
      .update(Buffer.concat([offer, ...nonceAndKey, ...keyAndNonce]))
      .digest()
    const bits = Buffer.from(hkdfSync('sha256', transcript, '', 'Pli provisioning digits', 8))
    expect(onNew).toBe((bits.readBigUInt64BE() % 1_000_000n).toString().padStart(6, '0'))
  })

  it('derives its keys from both secrets and from what was compared', () => {
    const [agreed, encapsulated, transcript] = [1, 2, 3].map((value) => new Uint8Array(32).fill(value)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ]
    const input = Buffer.concat([agreed, encapsulated])
    const expected = Buffer.from(hkdfSync('sha256', input, transcript, 'TextSecure Provisioning Message', 64))
    const { cipherKey, macKey } = deriveSealingKeys({ agreed, encapsulated }, transcript)
    expect(Buffer.concat([cipherKey, macKey]).equals(expected)).toBe(true)
    expect(agreed.every((byte) => byte === 0)).toBe(true)
  })

  it('seals as Signal does, checked with another implementation', () => {
    const keys = { cipherKey: new Uint8Array(32).fill(1), macKey: new Uint8Array(32).fill(2) }
    const sealed = Buffer.from(sealContents(contents, keys))
    const mac = createHmac('sha256', keys.macKey).update(sealed.subarray(0, -32)).digest()
    expect(sealed[0]).toBe(1)
    expect(sealed.subarray(-32).equals(mac)).toBe(true)
    const decipher = createDecipheriv('aes-256-cbc', keys.cipherKey, sealed.subarray(1, 17))
    const plaintext = Buffer.concat([decipher.update(sealed.subarray(17, -32)), decipher.final()])
    expect(decodeContents(plaintext)).toEqual(contents)
  })
})

describe('who stands in the middle', () => {
  /** The stranger is a new device to the existing one and an existing one to the new device. */
  function withStranger() {
    const victim = new NewDeviceLinking(NOW)
    const strangerAsNew = new NewDeviceLinking(NOW)
    const strangerAsExisting = new ExistingDeviceLinking(victim.uri, NOW)
    const existing = new ExistingDeviceLinking(strangerAsNew.uri, NOW)
    return { victim, strangerAsNew, strangerAsExisting, existing }
  }

  it('makes the digits differ', () => {
    const { victim, strangerAsNew, strangerAsExisting, existing } = withStranger()
    const left = existing.answerChallenge(strangerAsNew.answerCommitment(existing.commitment, NOW), NOW)
    const right = strangerAsExisting.answerChallenge(
      victim.answerCommitment(strangerAsExisting.commitment, NOW),
      NOW,
    )
    expect(victim.acceptReveal(right.reveal, NOW)).not.toBe(left.shortCode)
  })

  it('cannot look for a key that gives the same digits: it has committed before it learns the nonce', () => {
    const { victim, strangerAsExisting } = withStranger()
    victim.answerCommitment(strangerAsExisting.commitment, NOW)
    for (let i = 0; i < 5; i++) {
      const another = encodeReveal({
        existingDeviceKey: generateKeyPair().publicKey,
        nonce: new Uint8Array(32).fill(i),
      })
      expect(() => victim.acceptReveal(another, NOW)).toThrow(code('provisioning_commitment_broken'))
    }
  })

  it('cannot reuse an honest commitment for another offer', () => {
    const { fresh: other } = begin()
    const { existing, reveal } = upToDigits()
    other.answerCommitment(existing.commitment, NOW)
    expect(() => other.acceptReveal(reveal, NOW)).toThrow(code('provisioning_commitment_broken'))
  })

  it('cannot put contents of its own in place of those that were sealed', () => {
    const mine = upToDigits()
    const other = upToDigits()
    const foreign = other.existing.confirmAndSeal(contents, NOW)
    expect(() => mine.fresh.open(foreign, NOW)).toThrow(code('bad_mac'))
    const sealed = mine.existing.confirmAndSeal(contents, NOW)
    for (let at = 1; at < sealed.length; at += 61) {
      const changed = Uint8Array.from(sealed)
      changed[at] = changed[at]! ^ 1
      expect(() => mine.fresh.open(changed, NOW), `byte ${at}`).toThrow(
        expect.objectContaining({ name: 'CryptoError' }),
      )
    }
    expect(mine.fresh.open(sealed, NOW)).toEqual(contents)
  })
})

describe('a message that is out of place', () => {
  const outOfOrder = code('provisioning_out_of_order')

  it('is refused before its turn, twice, and after the end', () => {
    const { fresh, existing, challenge, reveal } = upToDigits()
    const early = begin()
    expect(() => early.fresh.acceptReveal(reveal, NOW)).toThrow(outOfOrder)
    expect(() => early.existing.confirmAndSeal(contents, NOW)).toThrow(outOfOrder)
    expect(() => fresh.answerCommitment(existing.commitment, NOW)).toThrow(outOfOrder)
    expect(() => fresh.acceptReveal(reveal, NOW)).toThrow(outOfOrder)
    expect(() => existing.answerChallenge(challenge, NOW)).toThrow(outOfOrder)
    const sealed = existing.confirmAndSeal(contents, NOW)
    expect(() => existing.confirmAndSeal(contents, NOW)).toThrow(outOfOrder)
    fresh.open(sealed, NOW)
    expect(() => fresh.open(sealed, NOW)).toThrow(outOfOrder)
  })

  it('is refused when the offer has expired, at every step', () => {
    const LATE = NOW + 5 * 60_000 + 1
    const expired = code('provisioning_expired')
    const { fresh, existing } = begin()
    expect(() => new ExistingDeviceLinking(fresh.uri, LATE)).toThrow(expired)
    expect(() => fresh.answerCommitment(existing.commitment, LATE)).toThrow(expired)
    expect(() => existing.answerChallenge(new Uint8Array(), LATE)).toThrow(expired)
    const ready = upToDigits()
    expect(() => ready.existing.confirmAndSeal(contents, LATE)).toThrow(expired)
    expect(() => ready.fresh.open(new Uint8Array(), Number.NaN)).toThrow(expired)
  })

  it('that is junk changes nothing: the linking goes on', () => {
    const { fresh, existing } = begin()
    const junk = fc.sample(fc.uint8Array({ maxLength: 100 }), 30)
    const shrugsOff = (take: (bytes: Uint8Array) => unknown) => {
      for (const bytes of junk)
        expect(() => take(bytes)).toThrow(expect.objectContaining({ name: 'CryptoError' }))
    }
    shrugsOff((bytes) => fresh.answerCommitment(bytes, NOW))
    const challenge = fresh.answerCommitment(existing.commitment, NOW)
    shrugsOff((bytes) => existing.answerChallenge(bytes, NOW))
    const notReduced = generateKyberKeyPair().publicKey
    notReduced.fill(0xff, 1)
    const badKey = encodeChallenge({ nonce: new Uint8Array(32), kyberKey: notReduced })
    expect(() => existing.answerChallenge(badKey, NOW)).toThrow(code('invalid_key'))
    const { reveal } = existing.answerChallenge(challenge, NOW)
    shrugsOff((bytes) => fresh.acceptReveal(bytes, NOW))
    fresh.acceptReveal(reveal, NOW)
    shrugsOff((bytes) => fresh.open(bytes, NOW))
    expect(fresh.open(existing.confirmAndSeal(contents, NOW), NOW)).toEqual(contents)
  })
})

describe('an offer', () => {
  it('comes back as it was shown, and has one spelling', () => {
    const offer = fc.record({
      rendezvous: fc.uint8Array({ minLength: 16, maxLength: 16 }),
      newDeviceKey: fc
        .uint8Array({ minLength: 32, maxLength: 32 })
        .map((u) => concatBytes(Uint8Array.of(5), u.subarray(0, 31), Uint8Array.of(0x7e))),
      expiresAtMs: fc.integer({ min: NOW, max: NOW + 5 * 60_000 }),
    })
    fc.assert(
      fc.property(offer, (any) => {
        const uri = offerToUri(any)
        expect(uri).toMatch(/^pli:link\/1\/[A-Za-z0-9_-]{76}$/)
        expect(parseOfferUri(uri, NOW)).toEqual(any)
      }),
    )
  })

  it('is refused when it is something else, too long-lived, or a key of small order', () => {
    const { uri } = new NewDeviceLinking(NOW)
    const bad: [string, string][] = [
      ['', 'malformed'],
      ['https://example.org/', 'malformed'],
      [`${uri}A`, 'malformed'],
      [`${uri.slice(0, -1)}=`, 'malformed'],
      [uri.replace('/1/', '/2/'), 'unsupported_version'],
      [new NewDeviceLinking(NOW + 3 * 60_000).uri, 'provisioning_expired'],
    ]
    for (const [text, expected] of bad) expect(() => parseOfferUri(text, NOW)).toThrow(code(expected))
    const rendezvous = new Uint8Array(16)
    const offerOf = (newDeviceKey: Uint8Array) => offerToUri({ rendezvous, newDeviceKey, expiresAtMs: NOW })
    const zero = concatBytes(Uint8Array.of(5), new Uint8Array(32))
    const respelled = Uint8Array.from(generateKeyPair().publicKey)
    respelled[32] = respelled[32]! | 0x80
    expect(() => parseOfferUri(offerOf(respelled), NOW)).toThrow(code('invalid_key'))
    expect(() => new ExistingDeviceLinking(offerOf(zero), NOW)).toThrow(code('invalid_key_agreement'))
    expect(() => parseOfferUri(offerOf(new Uint8Array(33)), NOW)).toThrow(code('invalid_key'))
  })
})

describe('contents', () => {
  it('come back as they went', () => {
    const any = fc.record({
      identity: fc.constant(contents.identity),
      accountId: fc.uuid(),
      settingsKey: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      provisioningCode: fc.uint8Array({ minLength: 1, maxLength: 512 }),
      createdAtMs: fc.maxSafeNat(),
    })
    fc.assert(
      fc.property(any, (value) => {
        expect(decodeContents(encodeContents(value))).toEqual(value)
      }),
      {
        numRuns: 30,
      },
    )
  })

  it('are not sealed when they are wrong, and give a value or a code when read', () => {
    const wrong: [Partial<ProvisioningContents>, string][] = [
      [{ identity: { ...contents.identity, publicKey: generateKeyPair().publicKey } }, 'invalid_argument'],
      [{ settingsKey: new Uint8Array(31) }, 'invalid_argument'],
      [{ provisioningCode: new Uint8Array() }, 'invalid_argument'],
      [{ provisioningCode: new Uint8Array(513) }, 'invalid_argument'],
      [{ accountId: 'x' }, 'malformed'],
      [{ createdAtMs: Number.NaN }, 'invalid_argument'],
    ]
    for (const [change, expected] of wrong)
      expect(() => encodeContents({ ...contents, ...change })).toThrow(code(expected))
    const { accountId } = contents
    const mixed = encodeContents(contents)
    mixed[4 + 4 + 10] = mixed[4 + 4 + 10]! ^ 1
    expect(() => decodeContents(mixed)).toThrow(code('invalid_key'))
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        try {
          expect(decodeContents(bytes).accountId).not.toBe(accountId)
        } catch (error) {
          expect(error).toBeInstanceOf(CryptoError)
        }
      }),
    )
    const keys = { cipherKey: new Uint8Array(32), macKey: new Uint8Array(32) }
    expect(() => openContents(new Uint8Array(20), keys)).toThrow(code('bad_mac'))
  })
})
