/** How the relay asks for a device to be woken: without content, and without waiting for it. */
import type { DeviceAddress } from '../../storage/interfaces.ts'

export interface PushWaker {
  /** Never throws; devices without a subscription are passed over. */
  wake(device: DeviceAddress): void
}
