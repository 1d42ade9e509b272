/** What `crypto` throws, as this client's refusals. Errors of the stores pass through untouched. */
import { CryptoError, type CryptoErrorCode } from '@pli/crypto'
import type { EngineRefusal, EngineRefusalReason } from './session-engine.ts'

const reasons: Partial<Record<CryptoErrorCode, EngineRefusalReason>> = {
  duplicate_message: 'duplicate',
  untrusted_identity: 'untrusted_identity',
  self_send: 'self_send',
  sender_certificate_expired: 'certificate',
  sender_certificate_forged: 'certificate',
  sender_certificate_untrusted: 'certificate',
  server_certificate_revoked: 'certificate',
  server_certificate_unknown: 'certificate',
  sender_key_mismatch: 'certificate',
}

/** `otherwise`: what a failure of this operation means when its code says no more. Rethrows what crypto did not throw. */
export function refusalOf(error: unknown, otherwise: EngineRefusalReason): EngineRefusal {
  if (!(error instanceof CryptoError)) throw error
  return { ok: false, reason: reasons[error.code] ?? otherwise, detail: error.code }
}
