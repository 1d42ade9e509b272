/** All ways to multiply on the curve give the same secrets and the same refusals. */
import { existsSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { NativeDevice } from '../../../test/interop/native-device.ts'
import { MemoryDevice } from '../testing/memory-device.ts'
import { bytesToHex, concatBytes, hexToBytes, randomBytes, utf8ToBytes } from './bytes.ts'
import { generateKeyPair, type KeyPair, keyPairFromPrivateKey } from './curve.ts'
import { agreeSecret, chooseX25519, makeKeyPair, type X25519Name, x25519Name } from './key-agreement.ts'
import { replaceRandomSource } from './random.ts'

const NAMES: readonly X25519Name[] = ['node', 'webcrypto', 'noble']
const TYPE = Uint8Array.of(5)
const VECTORS = new URL('../../../../shared/vectors/x25519_test.json', import.meta.url)

afterEach(async () => {
  replaceRandomSource(undefined)
  await chooseX25519()
})

/** The secret in hexadecimal, or the refusal's code. */
async function outcome(ours: KeyPair, theirs: Uint8Array): Promise<string> {
  try {
    return bytesToHex(await agreeSecret(ours, theirs))
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

async function outcomes(ours: KeyPair, theirs: Uint8Array): Promise<string[]> {
  const all: string[] = []
  for (const name of NAMES) {
    await chooseX25519(name)
    all.push(await outcome(ours, theirs))
  }
  return all
}

/** Field elements at which arithmetic is special, little-endian: small orders, values not reduced, the top bit set. */
const SPECIAL_POINTS = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  '0900000000000000000000000000000000000000000000000000000000000080',
]

describe('X25519', () => {
  it('is the platform’s own under Node', async () => {
    expect(await x25519Name()).toBe('node')
  })

  it.each(NAMES)('gives both sides the same secret, by %s', async (name) => {
    await chooseX25519(name)
    for (let i = 0; i < 20; i++) {
      const [a, b] = [await makeKeyPair(), await makeKeyPair()]
      expect(keyPairFromPrivateKey(a.privateKey)).toEqual(a)
      expect(await outcome(a, b.publicKey)).toBe(await outcome(b, a.publicKey))
      expect(bytesToHex(a.privateKey)).not.toBe(bytesToHex(b.privateKey))
    }
  })

  it('is the same by all means, for keys that were stored and for points of a hostile peer', async () => {
    const points = [...SPECIAL_POINTS.map(hexToBytes), ...Array.from({ length: 20 }, () => randomBytes(32))]
    for (const point of points) {
      const [first, ...others] = await outcomes(generateKeyPair(), concatBytes(TYPE, point))
      for (const other of others) expect(other).toBe(first)
    }
    for (const smallOrder of SPECIAL_POINTS.slice(0, 7)) {
      const [first] = await outcomes(generateKeyPair(), concatBytes(TYPE, hexToBytes(smallOrder)))
      expect(first).toBe('invalid_key_agreement')
    }
  })

  it('refuses a key of another type or length, by all means', async () => {
    const { publicKey } = generateKeyPair()
    const wrong = [
      publicKey.subarray(1),
      concatBytes(publicKey, TYPE),
      concatBytes(Uint8Array.of(6), publicKey.subarray(1)),
    ]
    for (const key of wrong) {
      expect(new Set(await outcomes(generateKeyPair(), key))).toEqual(new Set(['invalid_key']))
    }
  })

  it('does not depend on a stored public half that belongs to another key', async () => {
    const pair = { ...generateKeyPair(), publicKey: generateKeyPair().publicKey }
    const all = await outcomes(pair, generateKeyPair().publicKey)
    expect(new Set(all).size).toBe(1)
    expect(all[0]).toMatch(/^[0-9a-f]{64}$/)
  })

  it.skipIf(!existsSync(VECTORS))('gives Wycheproof’s answers by all means', async () => {
    const { testGroups } = JSON.parse(readFileSync(VECTORS, 'utf8')) as {
      testGroups: { tests: { private: string; public: string; shared: string }[] }[]
    }
    const tests = testGroups.flatMap((group) => group.tests).filter((test) => test.public.length === 64)
    expect(tests.length).toBeGreaterThan(400)
    for (const name of NAMES) {
      await chooseX25519(name)
      for (const test of tests) {
        const ours = {
          privateKey: hexToBytes(test.private),
          publicKey: concatBytes(TYPE, new Uint8Array(32)),
        }
        const expected = /^0+$/.test(test.shared) ? 'invalid_key_agreement' : test.shared
        expect(await outcome(ours, concatBytes(TYPE, hexToBytes(test.public)))).toBe(expected)
      }
    }
  })

  it('draws a test’s own randomness when there is one, and then only that', async () => {
    const draw = async () => {
      replaceRandomSource((bytes) => bytes.fill(7))
      return bytesToHex((await makeKeyPair()).privateKey)
    }
    expect(await draw()).toBe(await draw())
  })
})

describe.each(NAMES)('sessions over X25519 by %s', (name) => {
  it('talk with the native library, whoever begins', async () => {
    await chooseX25519(name)
    const ours = await MemoryDevice.create({ serviceId: crypto.randomUUID(), deviceId: 1 })
    for (const weBegin of [true, false]) {
      const theirs = new NativeDevice({ serviceId: crypto.randomUUID(), deviceId: 1 })
      const [first, second] = weBegin ? [ours, theirs] : [theirs, ours]
      await first.open(await second.publishBundle(), second.address)
      for (let i = 0; i < 12; i++) {
        const there = await first.encrypt(utf8ToBytes(`there ${i}`), second.address)
        expect(Buffer.from(await second.decrypt(there, first.address)).toString()).toBe(`there ${i}`)
        const back = await second.encrypt(utf8ToBytes(`back ${i}`), first.address)
        expect(Buffer.from(await first.decrypt(back, second.address)).toString()).toBe(`back ${i}`)
      }
    }
  })
})
