/**
 * Public keys of a device: registration, prekey upload, prekey bundles.
 * Not concerned with private keys, which never leave a device. Source: Signal's PQXDH, libsignal's PreKeyBundle.
 */
import { z } from 'zod'
import { base64UrlBytes } from './bytes.ts'
import { accountId, deviceId, preKeyId, registrationId } from './ids.ts'
import { limits } from './limits.ts'

/** 33 bytes: type byte 0x05 and an X25519 public key. */
export const publicKey = base64UrlBytes(33)
/** 1569 bytes: type byte 0x08 and a Kyber1024 public key. */
export const kyberPublicKey = base64UrlBytes(1569)
/** 64 bytes: XEdDSA by the identity key over the serialised public key. */
export const signature = base64UrlBytes(64)

export const preKey = z.object({ id: preKeyId, publicKey })
export const signedPreKey = z.object({ id: preKeyId, publicKey, signature })
export const kyberPreKey = z.object({ id: preKeyId, publicKey: kyberPublicKey, signature })

const oneTimePreKeys = z.array(preKey).max(limits.oneTimePreKeysPerUpload)
const oneTimeKyberPreKeys = z.array(kyberPreKey).max(limits.oneTimePreKeysPerUpload)

export const registerDeviceRequest = z.object({
  identityKey: publicKey,
  registrationId,
  signedPreKey,
  lastResortKyberPreKey: kyberPreKey,
  preKeys: oneTimePreKeys,
  kyberPreKeys: oneTimeKyberPreKeys,
  /** What the person sees in the list of their devices, such as "Chromium on Linux". */
  name: z.string().max(60),
  /** True only after the person was told that their other devices will be cut off. */
  replaceExisting: z.boolean(),
})
export type RegisterDeviceRequest = z.output<typeof registerDeviceRequest>

export const registeredDevice = z.object({
  accountId,
  deviceId,
  /** Opaque; sent as `Authorization: Bearer …` and in the socket's `auth.token`. */
  deviceToken: z.string(),
  /** Opaque. Its only power: removing this one device, without any other token. */
  revocationToken: z.string(),
})
export type RegisteredDevice = z.infer<typeof registeredDevice>

/** Answered alike whether there was such a device or not. */
export const revokeDeviceRequest = z.object({ revocationToken: z.string().min(20).max(100) })

/** New one-time keys are added; a new signed or last-resort key replaces the one handed out so far. */
export const uploadKeysRequest = z.object({
  signedPreKey: signedPreKey.optional(),
  lastResortKyberPreKey: kyberPreKey.optional(),
  preKeys: oneTimePreKeys.optional(),
  kyberPreKeys: oneTimeKyberPreKeys.optional(),
})
export type UploadKeysRequest = z.output<typeof uploadKeysRequest>

export const keyCounts = z.object({ preKeys: z.number().int(), kyberPreKeys: z.number().int() })
export type KeyCounts = z.infer<typeof keyCounts>

/** One device's bundle. `preKey` is absent when its one-time keys are spent; `kyberPreKey` is then the last resort. */
export const deviceBundle = z.object({
  deviceId,
  registrationId,
  signedPreKey,
  preKey: preKey.optional(),
  kyberPreKey,
})
export const accountBundles = z.object({ accountId, identityKey: publicKey, devices: z.array(deviceBundle) })
export type AccountBundles = z.output<typeof accountBundles>

/** `certificate`: libsignal's SenderCertificate, serialised. Valid 24 hours. */
export const senderCertificate = z.object({ certificate: base64UrlBytes(1, 4096), expiresAtMs: z.number() })
export type SenderCertificateAnswer = z.output<typeof senderCertificate>
