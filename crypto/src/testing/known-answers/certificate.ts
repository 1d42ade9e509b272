/** Sender certificates without the native library, which no browser runs. For checks and for the fuzzer. */
import { accountIdToBytes } from '../../account-id.ts'
import type { ProtocolAddress } from '../../identity/address.ts'
import { generateKeyPair, type KeyPair } from '../../primitives/curve.ts'
import { signXeddsa } from '../../primitives/xeddsa.ts'
import { ProtobufWriter } from '../../wire/protobuf.ts'

/** The certificate expires a millisecond after this. */
export const NOW_MS = 1_790_000_000_000

/** A certificate as the relay's authority issues it, under a root of its own, 33 bytes. */
export function issueCertificate(holder: KeyPair, { serviceId, deviceId }: ProtocolAddress) {
  const [root, serverKeys] = [generateKeyPair(), generateKeyPair()]
  const signed = (body: Uint8Array, by: KeyPair) =>
    new ProtobufWriter().bytes(1, body).bytes(2, signXeddsa(by.privateKey, body)).finish()
  const server = signed(new ProtobufWriter().uint(1, 1).bytes(2, serverKeys.publicKey).finish(), root)
  const body = new ProtobufWriter()
    .uint(2, deviceId)
    .fixed64(3, BigInt(NOW_MS + 1))
    .bytes(4, holder.publicKey)
    .bytes(5, server)
    .bytes(7, accountIdToBytes(serviceId))
    .finish()
  return { root: root.publicKey, server, certificate: signed(body, serverKeys) }
}
