/** The symmetric ratchet against libsignal's published values. */
import { expect, it } from 'vitest'
import libsignal from '../../vectors/libsignal.json'
import { bytesToHex, hexToBytes } from '../primitives/bytes.ts'
import { deriveMessageKeys, messageSeed, nextChainKey } from './message-keys.ts'

it("derives libsignal's message keys and next chain key", () => {
  const { key, cipherKey, macKey, nextKey } = libsignal.chainKey
  const chainKey = { index: 0, key: hexToBytes(key) }
  const keys = deriveMessageKeys(messageSeed(chainKey), undefined)
  expect(bytesToHex(keys.cipherKey)).toBe(cipherKey)
  expect(bytesToHex(keys.macKey)).toBe(macKey)
  const next = nextChainKey(chainKey)
  expect(bytesToHex(next.key)).toBe(nextKey)
  expect(next.index).toBe(1)
})
