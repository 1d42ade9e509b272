/** Signatures as the platform's Ed25519 checks them: the published answers, and noble's answer to every case. */
import { ed25519 } from '@noble/curves/ed25519.js'
import rfc8032 from '../../../vectors/rfc8032.json'
import { concatBytes, hexToBytes } from '../../primitives/bytes.ts'
import { checkSignature } from '../../primitives/signature-check.ts'
import { verifyXeddsa } from '../../primitives/xeddsa.ts'
import { attempt, type Check, expectTrue } from './check.ts'
import { forEachCase, hex } from './wycheproof.ts'

// the Edwards key as a Montgomery one, its sign bit in the signature: XEdDSA verifies the same equation
function asXeddsa(edwards: Uint8Array, signature: Uint8Array) {
  const moved = Uint8Array.from(signature)
  moved[63] = (moved[63] ?? 0) | ((edwards[31] ?? 0) & 0x80)
  return { key: concatBytes(Uint8Array.of(5), ed25519.utils.toMontgomery(edwards)), moved }
}

export const signatureCheckChecks: readonly Check[] = [
  {
    name: 'XEdDSA by the platform: RFC 8032, 7.1',
    async run() {
      for (const { publicKey, message, signature } of rfc8032) {
        const { key, moved } = asXeddsa(hexToBytes(publicKey), hexToBytes(signature))
        expectTrue(await checkSignature(key, hexToBytes(message), moved), message)
      }
      return rfc8032.length
    },
  },
  {
    name: 'XEdDSA by the platform: Wycheproof ed25519, as noble has it',
    needs: ['ed25519_test.json'],
    run: (read) =>
      forEachCase(read, 'ed25519_test.json', async (test, { publicKey }) => {
        const edwards = hexToBytes(publicKey?.pk ?? '')
        const form = await attempt(() => asXeddsa(edwards, hex(test, 'sig')))
        if (!form) return
        const message = hex(test, 'msg')
        const checked = await checkSignature(form.key, message, form.moved)
        expectTrue(checked === verifyXeddsa(form.key, message, form.moved), `case ${test.tcId}`)
        if (test.result === 'valid') expectTrue(checked, `case ${test.tcId}`)
      }),
  },
]
