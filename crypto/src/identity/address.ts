/**
 * The address of a device: the account's UUID and a device number, and its 17-byte binary form inside messages.
 *
 * Source: libsignal `rust/core/src/address.rs` (service id, fixed width: kind 0 for an account, then the UUID).
 */
import { CryptoError } from '../errors.ts'
import { concatBytes, hexToBytes } from '../primitives/bytes.ts'

export interface ProtocolAddress {
  /** A UUID in lower case. */
  readonly serviceId: string
  /** 1 to 127. */
  readonly deviceId: number
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const ACCOUNT_KIND = 0
export const MAX_DEVICE_ID = 127

/** Sender and recipient as a message carries them: 2 × (kind, UUID, device), 36 bytes. */
export function encodeAddresses(sender: ProtocolAddress, recipient: ProtocolAddress): Uint8Array {
  return concatBytes(encodeAddress(sender), encodeAddress(recipient))
}

/** @throws CryptoError `invalid_argument` */
export function requireAddress({ serviceId, deviceId }: ProtocolAddress): void {
  if (!UUID.test(serviceId)) throw new CryptoError('invalid_argument', 'service id is not a lower-case UUID')
  if (!Number.isInteger(deviceId) || deviceId < 1 || deviceId > MAX_DEVICE_ID) {
    throw new CryptoError('invalid_argument', 'device id is not between 1 and 127')
  }
}

function encodeAddress(address: ProtocolAddress): Uint8Array {
  requireAddress(address)
  const uuid = hexToBytes(address.serviceId.replaceAll('-', ''))
  return concatBytes(Uint8Array.of(ACCOUNT_KIND), uuid, Uint8Array.of(address.deviceId))
}
