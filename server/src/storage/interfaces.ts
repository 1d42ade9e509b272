/**
 * Everything the relay stores, as the domain sees it. Every write resolves only when it is durable; every method
 * rejects with RelayError `unavailable` when the engine fails. `storage/suite.ts` is what an engine must pass.
 */
import type { AccountStore } from './accounts.ts'
import type { AttachmentBytes } from './attachment-bytes.ts'
import type { AttachmentStore } from './attachments.ts'
import type { AuditStore } from './audit.ts'
import type { DeviceStore } from './devices.ts'
import type { EnvelopeStore } from './envelopes.ts'
import type { GuaranteeStore } from './guarantors.ts'
import type { InstallationStore } from './installation.ts'
import type { KeyStore } from './keys.ts'
import type { PushStore } from './push.ts'
import type { TicketStore } from './tickets.ts'

export interface Storage {
  accounts: AccountStore
  devices: DeviceStore
  keys: KeyStore
  envelopes: EnvelopeStore
  tickets: TicketStore
  push: PushStore
  attachments: AttachmentStore
  attachmentBytes: AttachmentBytes
  installation: InstallationStore
  guarantees: GuaranteeStore
  audit: AuditStore
  /** Where the store is files of its own, and how they can be copied while it goes on. */
  files?: StoreFiles
  /** Finishes what was begun, then lets go of the files. */
  close(): Promise<void>
}

export interface StoreFiles {
  /** Path of the database; its write-ahead log lies beside it, named `-wal`. */
  database: string
  /** From now on the database file stays as it is and the log only grows, until what is returned is called. */
  hold(): () => void
  /** False: the disk has so little left that submissions are refused. */
  hasRoom(): boolean
}

export type * from './accounts.ts'
export type * from './attachment-bytes.ts'
export type * from './attachments.ts'
export type * from './audit.ts'
export type * from './device-address.ts'
export type * from './devices.ts'
export type * from './envelopes.ts'
export type * from './guarantors.ts'
export type * from './installation.ts'
export type * from './keys.ts'
export type * from './push.ts'
export type * from './tickets.ts'
