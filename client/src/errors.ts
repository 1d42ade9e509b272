/**
 * What the messenger throws to a screen. Codes of the relay pass through unchanged; the rest are this package's.
 * A message is for developers; the apps turn the code into a sentence.
 */
import type { WireErrorCode } from '@pli/protocol/wire'

export type ClientErrorCode =
  | WireErrorCode
  | 'offline' // the relay could not be asked; nothing was lost
  | 'pin_wrong'
  | 'pin_wait'
  | 'pin_too_short'
  | 'erased' // the tenth wrong PIN: this device's copy is gone
  | 'locked' // the account is not unlocked in this tab
  | 'storage_full'
  | 'storage_damaged' // a record does not open under its key
  | 'not_owner' // another tab owns the ratchets now
  | 'pending_expired'
  | 'identity_changed'
  | 'trust_root_changed'
  | 'photo_unreadable'
  | 'photo_heic_unsupported' // this browser cannot open HEIC; another format can be sent
  | 'photo_too_large'
  | 'photo_metadata'
  | 'attachment_gone'
  | 'attachment_damaged'
  | 'safety_number_unreadable'
  | 'safety_number_version'

export class ClientError extends Error {
  readonly code: ClientErrorCode
  readonly triesLeft: number | undefined
  readonly retryAtMs: number | undefined

  constructor(
    code: ClientErrorCode,
    detail: { triesLeft?: number; retryAtMs?: number; cause?: unknown } = {},
  ) {
    super(code, { cause: detail.cause })
    this.name = 'ClientError'
    this.code = code
    this.triesLeft = detail.triesLeft
    this.retryAtMs = detail.retryAtMs
  }
}
