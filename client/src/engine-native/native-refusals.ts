/** What the native library throws, as this client's refusals. Errors of the stores pass through untouched. */

import { CryptoError } from '@pli/crypto'
import { ErrorCode, LibSignalErrorBase } from '@signalapp/libsignal-client'
import type { EngineRefusal, EngineRefusalReason } from '../engine/session-engine.ts'
import { ClientError } from '../errors.ts'

const reasons: Partial<Record<ErrorCode, EngineRefusalReason>> = {
  [ErrorCode.DuplicatedMessage]: 'duplicate',
  [ErrorCode.UntrustedIdentity]: 'untrusted_identity',
  [ErrorCode.SealedSenderSelfSend]: 'self_send',
}

/** `otherwise`: what a failure of this operation means when the library does not say. */
export function refusalOf(error: unknown, otherwise: EngineRefusalReason): EngineRefusal {
  // A store of ours that cannot be read says nothing about the message.
  if (error instanceof ClientError) throw error
  if (error instanceof CryptoError) return { ok: false, reason: otherwise, detail: error.code }
  if (!(error instanceof LibSignalErrorBase)) return { ok: false, reason: otherwise, detail: 'native' }
  return { ok: false, reason: reasons[error.code] ?? otherwise, detail: ErrorCode[error.code] ?? 'native' }
}
