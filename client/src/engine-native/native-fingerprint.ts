/** Safety numbers with the native library: version 2, 5200 iterations, over the accounts' 16 UUID bytes. */
import { Fingerprint, PublicKey, ScannableFingerprint } from '@signalapp/libsignal-client'
import { owned } from '../engine/owned.ts'
import type { SafetyNumberBytes, SafetyNumberEnd, SessionEngine } from '../engine/session-engine.ts'

export function nativeSafetyNumber(local: SafetyNumberEnd, remote: SafetyNumberEnd): SafetyNumberBytes {
  const fingerprint = Fingerprint.new(
    5200,
    2,
    uuidBytes(local.accountId),
    PublicKey.deserialize(owned(local.identityKey)),
    uuidBytes(remote.accountId),
    PublicKey.deserialize(owned(remote.identityKey)),
  )
  return {
    digits: fingerprint.displayableFingerprint().toString(),
    scannable: fingerprint.scannableFingerprint().toBuffer(),
  }
}

export const compareNativeSafetyNumber: SessionEngine['compareSafetyNumber'] = (ours, scanned) => {
  try {
    const mine = ScannableFingerprint._fromBuffer(owned(ours))
    return mine.compare(ScannableFingerprint._fromBuffer(owned(scanned))) ? 'match' : 'mismatch'
  } catch (error) {
    return /version/i.test(String(error)) ? 'version' : 'unreadable'
  }
}

function uuidBytes(accountId: string): Uint8Array<ArrayBuffer> {
  const hex = accountId.replaceAll('-', '')
  return Uint8Array.from({ length: 16 }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16))
}
