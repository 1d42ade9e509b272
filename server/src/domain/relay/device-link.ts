/** What the relay needs of one open connection to a device. Implemented by the transport. */
import type { Revocation } from '@pli/protocol/wire'
import type { QueuedEnvelope } from '../../storage/interfaces.ts'

export interface DeviceLink {
  deliver(envelopes: QueuedEnvelope[]): void
  /** Everything that waited when the device connected has been sent. */
  drained(): void
  /** What its person is asked to answer for, or answers for, has changed. */
  guarantees(): void
  /** Tells the device that it was cut off, and closes. */
  revoke(reason: Revocation['reason']): void
  /** Closes without a reason: the device may come back. */
  close(): void
}
