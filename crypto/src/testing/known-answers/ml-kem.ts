/** ML-KEM-768 and 1024: NIST's ACVP vectors for FIPS 203, C2SP's accumulated ones, Wycheproof; 768 also in two steps. */
import { sha256 } from '@noble/hashes/sha2.js'
import { sha3_256, shake128 } from '@noble/hashes/sha3.js'
import { ml_kem768, ml_kem1024 } from '@noble/post-quantum/ml-kem.js'
import acvp from '../../../vectors/acvp-ml-kem.json'
import fips203 from '../../../vectors/fips203.json'
import { concatBytes, hexToBytes } from '../../primitives/bytes.ts'
import {
  decapsulateIncremental,
  encapsulateFirst,
  encapsulateSecond,
  generateIncrementalKeys,
  keyVectorMatches,
} from '../../primitives/ml-kem-768-incremental.ts'
import { attempt, type Check, expectEqual, expectTrue } from './check.ts'
import { forEachCase, hex, type WycheproofCase } from './wycheproof.ts'

type Kem = typeof ml_kem768

const ENCAPSULATION_KEY_768 = 1184

/** The two steps that the ratchet takes, joined: what they give must be what the whole gives. */
function encapsulateInSteps(key: Uint8Array, message: Uint8Array) {
  const keyVector = key.subarray(0, 1152)
  const header = concatBytes(key.subarray(1152), sha3_256(key))
  const { ciphertext1, state, sharedSecret } = encapsulateFirst(header, message)
  if (!keyVectorMatches(keyVector, header, state, ciphertext1)) throw new Error('key is not reduced')
  return { cipherText: concatBytes(ciphertext1, encapsulateSecond(keyVector, state)), sharedSecret }
}

function acvpCheck(name: 'ML-KEM-768' | 'ML-KEM-1024', kem: Kem): Check {
  const { keyGen, encapsulation, decapsulation } = acvp[name]
  return {
    name: `${name}: ACVP, FIPS 203`,
    async run() {
      for (const test of keyGen) {
        const keys = kem.keygen(concatBytes(hexToBytes(test.d), hexToBytes(test.z)))
        expectEqual(sha256(keys.publicKey), test.ekSha256, `keyGen ${test.tcId}`)
        expectEqual(sha256(keys.secretKey), test.dkSha256, `keyGen ${test.tcId}`)
      }
      for (const test of encapsulation) {
        const made = kem.encapsulate(hexToBytes(test.ek), hexToBytes(test.m))
        expectEqual(sha256(made.cipherText), test.cSha256, `encapsulation ${test.tcId}`)
        expectEqual(made.sharedSecret, test.k, `encapsulation ${test.tcId}`)
      }
      const secretKey = hexToBytes(decapsulation.dk)
      for (const { tcId, c, k } of decapsulation.tests) {
        expectEqual(kem.decapsulate(hexToBytes(c), secretKey), k, `decapsulation ${tcId}`)
      }
      return keyGen.length + encapsulation.length + decapsulation.tests.length
    },
  }
}

const acvpInSteps: Check = {
  name: 'ML-KEM-768 in two steps: ACVP, FIPS 203',
  async run() {
    const { keyGen, encapsulation } = acvp['ML-KEM-768']
    for (const test of keyGen) {
      const keys = generateIncrementalKeys(concatBytes(hexToBytes(test.d), hexToBytes(test.z)))
      const publicKey = concatBytes(keys.keyVector, keys.header.subarray(0, 32))
      expectEqual(sha256(publicKey), test.ekSha256, `keyGen ${test.tcId}`)
    }
    for (const test of encapsulation) {
      const made = encapsulateInSteps(hexToBytes(test.ek), hexToBytes(test.m))
      expectEqual(sha256(made.cipherText), test.cSha256, `encapsulation ${test.tcId}`)
      expectEqual(made.sharedSecret, test.k, `encapsulation ${test.tcId}`)
    }
    return keyGen.length + encapsulation.length
  },
}

/** Everything is drawn from one SHAKE128 stream and hashed into another. */
function accumulate(
  ciphertextLength: number,
  round: (draw: (length: number) => Uint8Array) => {
    made: Uint8Array[]
    reject: (ciphertext: Uint8Array) => Uint8Array
  },
): Uint8Array {
  const stream = shake128.create({})
  const hash = shake128.create({ dkLen: 32 })
  const draw = (length: number) => Uint8Array.from(stream.xof(length))
  for (let i = 0; i < 100; i++) {
    const { made, reject } = round(draw)
    hash.update(concatBytes(...made, reject(draw(ciphertextLength))))
  }
  return hash.digest()
}

const accumulated: Check = {
  name: 'ML-KEM: C2SP accumulated, 768 in two steps and 1024',
  async run() {
    const small = accumulate(1088, (draw) => {
      const keys = generateIncrementalKeys(draw(64))
      const { ciphertext1, state, sharedSecret } = encapsulateFirst(keys.header, draw(32))
      const ciphertext2 = encapsulateSecond(keys.keyVector, state)
      return {
        made: [keys.keyVector, keys.header.subarray(0, 32), ciphertext1, ciphertext2, sharedSecret],
        reject: (ct) => decapsulateIncremental(keys.decapsulationKey, ct.subarray(0, 960), ct.subarray(960)),
      }
    })
    expectEqual(small, fips203.accumulated100.mlKem768, '768')
    const large = accumulate(1568, (draw) => {
      const { publicKey, secretKey } = ml_kem1024.keygen(draw(64))
      const { cipherText, sharedSecret } = ml_kem1024.encapsulate(publicKey, draw(32))
      return {
        made: [publicKey, cipherText, sharedSecret],
        reject: (ct) => ml_kem1024.decapsulate(ct, secretKey),
      }
    })
    expectEqual(large, fips203.accumulated100.mlKem1024, '1024')
    return 200
  },
}

function wycheproofChecks(size: 768 | 1024, kem: Kem): Check[] {
  const check = (what: string, look: (test: WycheproofCase) => void | Promise<void>): Check => {
    const file = `mlkem_${size}_${what}test.json`
    return {
      name: `ML-KEM-${size}: Wycheproof ${file.slice(0, -10)}`,
      needs: [file],
      run: (read) => forEachCase(read, file, look),
    }
  }
  const encapsulate = size === 768 ? encapsulateInSteps : kem.encapsulate
  return [
    check('', async (test) => {
      const shared = await attempt(() =>
        kem.decapsulate(hex(test, 'c'), kem.keygen(hex(test, 'seed')).secretKey),
      )
      if (test.result === 'valid') expectEqual(shared, test.K ?? '', `case ${test.tcId}`)
      else expectTrue(shared === undefined, `case ${test.tcId}`)
    }),
    check('keygen_seed_', (test) => {
      expectEqual(kem.keygen(hex(test, 'seed')).publicKey, test.ek ?? '', `case ${test.tcId}`)
    }),
    check('encaps_', async (test) => {
      const key = hex(test, 'ek')
      const fits = size !== 768 || key.length === ENCAPSULATION_KEY_768
      const made = fits ? await attempt(() => encapsulate(key, hex(test, 'm'))) : undefined
      expectTrue((made !== undefined) === (test.result === 'valid'), `case ${test.tcId}`)
      if (!made) return
      expectEqual(made.cipherText, test.c ?? '', `case ${test.tcId}`)
      expectEqual(made.sharedSecret, test.K ?? '', `case ${test.tcId}`)
    }),
  ]
}

export const mlKemChecks: readonly Check[] = [
  acvpCheck('ML-KEM-768', ml_kem768),
  acvpCheck('ML-KEM-1024', ml_kem1024),
  acvpInSteps,
  accumulated,
  ...wycheproofChecks(768, ml_kem768),
  ...wycheproofChecks(1024, ml_kem1024),
]
