/** What the driver holds of a device of any subject: how to reach it, and how it says who it is. */
export interface BenchDevice {
  /** Account id, or a number where the subject has no accounts. */
  address: string
  deviceId: number
  registrationId: number
  token: string
}

export type Wire = 'socket.io' | 'ws'

export interface Line {
  /** `answered` is called with the subject's answer to it; a refusal throws. */
  submit(to: BenchDevice, content: Uint8Array, answered: () => void): void
  close(): void
}

export interface LineEvents {
  /** Before it is acknowledged. */
  delivered(content: Uint8Array): void
  /** So many deliveries are deleted for good. */
  acknowledged(count: number): void
}
