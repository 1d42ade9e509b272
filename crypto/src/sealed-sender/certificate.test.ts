import * as native from '@signalapp/libsignal-client'
import { describe, expect, it } from 'vitest'
import type { CryptoErrorCode } from '../errors.ts'
import { hexToBytes } from '../primitives/bytes.ts'
import { keyPairFromPrivateKey } from '../primitives/curve.ts'
import { ProtobufWriter } from '../wire/protobuf.ts'
import { type CertificateKnowledge, validateSenderCertificate } from './index.ts'
import { Authority, NativeParty, plain } from './testing/native-party.ts'

const EXPIRES_AT_MS = 2_000_000_000_000
const authority = new Authority()
const alice = new NativeParty(5)

async function expectRefusal(
  code: CryptoErrorCode,
  certificate: Uint8Array,
  {
    trustRoots = [authority.trustRootKey],
    atMs = EXPIRES_AT_MS,
    knowledge = {} as CertificateKnowledge,
  } = {},
) {
  await expect(validateSenderCertificate(certificate, trustRoots, atMs, knowledge)).rejects.toMatchObject({
    name: 'CryptoError',
    code,
  })
}

/** A sender certificate with fields that native would not write, signed by the authority's server key. */
function handMade(change: (writer: ProtobufWriter) => void): Uint8Array {
  const writer = new ProtobufWriter()
  change(writer)
  const signed = writer.finish()
  return new ProtobufWriter()
    .bytes(1, signed)
    .bytes(2, authority.serverKey.sign(plain(signed)))
    .finish()
}

const serverBytes = authority.serverCertificate.serialize()
const identityKey = alice.identity.publicKey

describe('a sender certificate', () => {
  const certificate = authority.issue(alice, EXPIRES_AT_MS).serialize()

  it('is believed up to and including its last millisecond, as native does', async () => {
    expect(await validateSenderCertificate(certificate, [authority.trustRootKey], EXPIRES_AT_MS)).toEqual({
      senderUuid: alice.serviceId,
      senderDeviceId: 5,
      senderIdentityKey: identityKey,
      expiresAtMs: EXPIRES_AT_MS,
    })
    const theirs = native.SenderCertificate.deserialize(certificate)
    const root = authority.trustRoot.getPublicKey()
    expect(theirs.validate(root, EXPIRES_AT_MS)).toBe(true)
    expect(theirs.validate(root, EXPIRES_AT_MS + 1)).toBe(false)
    await expectRefusal('sender_certificate_expired', certificate, { atMs: EXPIRES_AT_MS + 1 })
    await expectRefusal('sender_certificate_expired', certificate, { atMs: Number.NaN })
  })

  it('is believed under any of several roots, and under none of none', async () => {
    const roots = [new Authority().trustRootKey, authority.trustRootKey]
    expect((await validateSenderCertificate(certificate, roots, 0)).senderUuid).toBe(alice.serviceId)
    await expectRefusal('sender_certificate_untrusted', certificate, { trustRoots: roots.slice(0, 1) })
    await expectRefusal('sender_certificate_untrusted', certificate, { trustRoots: [] })
  })

  it('is refused when the server key did not sign it', async () => {
    const forged = authority.issue(alice, EXPIRES_AT_MS, { signer: native.PrivateKey.generate() })
    await expectRefusal('sender_certificate_forged', forged.serialize())
  })

  it('is refused when its server key is revoked', async () => {
    const testRevoked = new Authority(0xdeadc357)
    const revoked = testRevoked.issue(alice, EXPIRES_AT_MS)
    expect(revoked.validate(testRevoked.trustRoot.getPublicKey(), 0)).toBe(false)
    await expectRefusal('server_certificate_revoked', revoked.serialize(), {
      trustRoots: [testRevoked.trustRootKey],
    })
    await expectRefusal('server_certificate_revoked', certificate, {
      knowledge: { revokedServerKeyIds: new Set([1]) },
    })
  })

  it('is refused with any byte changed', async () => {
    for (let at = 0; at < certificate.length; at++) {
      const changed = certificate.slice()
      changed[at]! ^= 0x04
      await expect(
        validateSenderCertificate(changed, [authority.trustRootKey], EXPIRES_AT_MS),
      ).rejects.toMatchObject({ name: 'CryptoError' })
    }
  })

  it('is refused when it lacks a field or holds an impossible one', async () => {
    const whole = (writer: ProtobufWriter) =>
      writer.uint(2, 5).fixed64(3, 9n).bytes(4, identityKey).bytes(5, serverBytes).text(6, alice.serviceId)
    expect(
      (await validateSenderCertificate(handMade(whole), [authority.trustRootKey], 9)).senderDeviceId,
    ).toBe(5)
    const broken: [CryptoErrorCode, (writer: ProtobufWriter) => void][] = [
      ['malformed', () => {}],
      ['malformed', (w) => whole(w).uint(2, 0)],
      ['malformed', (w) => whole(w).uint(2, 128)],
      ['malformed', (w) => whole(w).fixed64(3, 2n ** 60n)],
      ['malformed', (w) => whole(w).text(6, 'somebody')],
      ['malformed', (w) => whole(w).text(6, alice.serviceId.toUpperCase())],
      ['malformed', (w) => whole(w).bytes(7, new Uint8Array(16))],
      ['malformed', (w) => whole(w).uint(8, 1)],
      ['malformed', (w) => whole(w).bytes(5, new Uint8Array(0))],
      ['invalid_key', (w) => whole(w).bytes(4, identityKey.subarray(1))],
      ['too_large', (w) => whole(w).bytes(99, new Uint8Array(2048))],
    ]
    for (const [code, change] of broken) await expectRefusal(code, handMade(change))
  })
})

/**
 * Published in libsignal 0.103.0, `rust/protocol/src/sealed_sender.rs`: the tests `test_lossless_round_trip` (a field
 * of a later version), `test_uuid_bytes_representation` and `test_known_server_cert`, and the known certificate
 * 0x7357C357. The trust root is the private key of 32 zero bytes.
 */
describe("libsignal's published certificates", () => {
  const trustRoots = [keyPairFromPrivateKey(new Uint8Array(32)).publicKey]
  const wrap = (signed: string, signature: string) =>
    new ProtobufWriter().bytes(1, hexToBytes(signed)).bytes(2, hexToBytes(signature)).finish()

  const laterField = wrap(
    '100119697a0000000000002221056c9d1f8deb82b9a898f9c277a1b74989ec009afb5c0acb5e8e69e3d5ca29d6322a690a2508011221053b03ca070e6f6b2f271d32f27321689cdf4e59b106c10b58fbe15063ed868a5a124024bc92954e52ad1a105b5bda85c9db410dcfeb42a671b45a523b3a46e9594a8bde0efc671d8e8e046b32c67f59b80a46ffdf24071850779bc21325107902af89322461616161616161612d373030302d313165622d623332612d333362386138613438376136ba3e136372617368696e6720726967687420646f776e',
    'a22d8f86f5d00794f319add821e342c6ffffb6b34f741e569f8b321ab0255f2d1757ecf648e53a3602cae8f09b3fc80dcf27534d67efd272b6739afc31f75c8c',
  )
  const uuidAsBytes = wrap(
    '100119697a000000000000222105e083a8ce423d1c1955174107a85a6a7f3bcbf566723624077f75eafe8e0a07752a690a25080112210507a24397ae27d06fa76d2f02cfb5546e0b23a7e0c3670c1eb1e73b135a8e1e4d12407d127509ae1f5e9dcaa511793d3e94350dcb269e4ca54500da6e1f4dc13d95940c15badef019edfe8666315500c54e4489d4b83f6ce79c7f65c9772a1a83d88c3a10aaaaaaaa700011ebb32a33b8a8a487a6',
    '755c428e9bf6ba367152f1e545834649b4e8f70df8383a352a953fdb774862af5d42fab573fc52b90ad47c331c36f93b1a4fa7a2504917d895452ffe7f44bd0e',
  )
  const signerById = wrap(
    '100119697a000000000000222105d75b13e15c7700079dd226f51e5a790ba395e819e88a74d0cf5cedfad8b4334840d786df9a07322461616161616161612d373030302d313165622d623332612d333362386138613438376136',
    'e62667bce627caed56ca2ab309b6ae7bc890a30a7482c0e1fd77ec9c3b7528abfd45c8c42b240509a71d973ef5e0f1dbd2685fe01410f0fdbaa8fb247a67e08f',
  )
  const known = hexToBytes(
    '0a2908d786df9a07122105847c0d2c375234f365e660955187a3735a0f7613d1609d3a6a4d8c53aeaa5a221240e0b9ebacdfc3aa2827f7924b697784d1c25e44ca05dd433e1a38dc6382eb2730d419ca9a250b1be9d5a9463e61efd6781777a91b83c97b844d014206e2829785',
  )
  const knowledge = { knownServerCertificates: new Map([[0x7357c357, known]]) }

  it.each([
    ['with a field of a later version', laterField],
    ['with the UUID as bytes', uuidAsBytes],
    ['naming its server certificate by id', signerById],
  ])('%s is believed', async (_name, certificate) => {
    expect(await validateSenderCertificate(certificate, trustRoots, 31_336, knowledge)).toMatchObject({
      senderUuid: 'aaaaaaaa-7000-11eb-b32a-33b8a8a487a6',
      senderDeviceId: 1,
      expiresAtMs: 31_337,
    })
    const theirs = native.SenderCertificate.deserialize(plain(certificate))
    expect(theirs.validate(native.PublicKey.deserialize(plain(trustRoots[0]!)), 31_336)).toBe(true)
  })

  it('naming a server certificate that nobody told us of is refused', async () => {
    await expectRefusal('server_certificate_unknown', signerById, { trustRoots, atMs: 31_336 })
  })
})
