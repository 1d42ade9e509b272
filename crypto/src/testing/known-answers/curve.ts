/** X25519 and XEdDSA: RFC 7748, RFC 8032, libsignal, Wycheproof; X25519 both by noble and by the platform. */
import { ed25519 } from '@noble/curves/ed25519.js'
import libsignal from '../../../vectors/libsignal.json'
import rfc7748 from '../../../vectors/rfc7748.json'
import rfc8032 from '../../../vectors/rfc8032.json'
import { concatBytes, hexToBytes } from '../../primitives/bytes.ts'
import { agree, keyPairFromPrivateKey, littleEndianToBigInt } from '../../primitives/curve.ts'
import { agreeSecret } from '../../primitives/key-agreement.ts'
import { verifyXeddsa } from '../../primitives/xeddsa.ts'
import { attempt, type Check, expectEqual, expectTrue } from './check.ts'
import { forEachCase, hex } from './wycheproof.ts'

type Agree = (privateKey: Uint8Array, publicKey: Uint8Array) => Uint8Array | Promise<Uint8Array>
const byPlatform: Agree = (privateKey, publicKey) => agreeSecret(keyPairFromPrivateKey(privateKey), publicKey)

const withType = (u: Uint8Array) => concatBytes(Uint8Array.of(5), u)

function x25519Checks(by: string, x25519: Agree): Check[] {
  return [
    {
      name: `X25519 ${by}: RFC 7748, 5.2 and 6.1`,
      async run() {
        for (const { privateKey, u, shared } of rfc7748.agreements) {
          expectEqual(await x25519(hexToBytes(privateKey), withType(hexToBytes(u))), shared, u)
        }
        return rfc7748.agreements.length
      },
    },
    {
      name: `X25519 ${by}: libsignal's agreement`,
      async run() {
        const { privateKey, theirPublicKey, shared } = libsignal.agreement
        const secret = await x25519(hexToBytes(privateKey), withType(hexToBytes(theirPublicKey)))
        expectEqual(secret, shared, 'agreement')
        return 1
      },
    },
    {
      name: `X25519 ${by}: Wycheproof x25519`,
      needs: ['x25519_test.json'],
      run: (read) =>
        forEachCase(read, 'x25519_test.json', async (test) => {
          const shared = await attempt(() => x25519(hex(test, 'private'), withType(hex(test, 'public'))))
          if (/^0+$/.test(test.shared ?? '')) expectTrue(shared === undefined, `case ${test.tcId}`)
          else expectEqual(shared, test.shared ?? '', `case ${test.tcId}`)
        }),
    },
  ]
}

// the Edwards key as a Montgomery one, its sign bit in the signature: XEdDSA verifies the same equation
function verifyEd25519(edwards: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const moved = Uint8Array.from(signature)
  moved[63] = (moved[63] ?? 0) | ((edwards[31] ?? 0) & 0x80)
  return verifyXeddsa(withType(ed25519.utils.toMontgomery(edwards)), message, moved)
}

const iterated: Check = {
  name: 'X25519 by the platform: RFC 7748, iterated a thousand times',
  async run() {
    let k = hexToBytes(`09${'00'.repeat(31)}`)
    let u = k
    for (let i = 0; i < 1000; i++) {
      const next = await byPlatform(k, withType(u))
      u = k
      k = next
    }
    expectEqual(k, rfc7748.iterated.thousandTimes, 'after a thousand')
    return 1000
  },
}

const signatureChecks: Check[] = [
  {
    name: "XEdDSA: libsignal's signature, and none with a bit changed",
    async run() {
      const publicKey = withType(hexToBytes(libsignal.signature.publicKey))
      const message = hexToBytes(libsignal.signature.message)
      const signature = hexToBytes(libsignal.signature.signature)
      expectTrue(verifyXeddsa(publicKey, message, signature), 'genuine')
      for (let at = 0; at < 64; at++) {
        const changed = Uint8Array.from(signature)
        changed[at] = (changed[at] ?? 0) ^ (1 << (at & 7))
        expectTrue(!verifyXeddsa(publicKey, message, changed), `byte ${at}`)
      }
      return 65
    },
  },
  {
    name: 'XEdDSA: RFC 8032, 7.1',
    async run() {
      for (const { publicKey, message, signature } of rfc8032) {
        const verified = verifyEd25519(hexToBytes(publicKey), hexToBytes(message), hexToBytes(signature))
        expectTrue(verified, message)
      }
      return rfc8032.length
    },
  },
  {
    name: 'XEdDSA: Wycheproof ed25519',
    needs: ['ed25519_test.json'],
    run: (read) =>
      forEachCase(read, 'ed25519_test.json', async (test, { publicKey }) => {
        const signature = hex(test, 'sig')
        // as in libsignal, s is taken modulo the group order: such signatures are respelled, not forged
        const s = littleEndianToBigInt(signature.subarray(32))
        if (signature.length === 64 && s >= ed25519.Point.Fn.ORDER) return
        const key = hexToBytes(publicKey?.pk ?? '')
        const verified = await attempt(() => verifyEd25519(key, hex(test, 'msg'), signature))
        expectTrue((verified ?? false) === (test.result === 'valid'), `case ${test.tcId}`)
      }),
  },
]

export const curveChecks: readonly Check[] = [
  ...x25519Checks('by noble', agree),
  ...x25519Checks('by the platform', byPlatform),
  iterated,
  ...signatureChecks,
]
