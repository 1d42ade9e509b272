/**
 * Prekeys in MongoDB. Handing out is one `findOneAndUpdate` that takes the bytes away, so no key goes to two askers;
 * the document stays, without bytes, as the memory that its id was used.
 */
import type { DeviceId } from '@pli/protocol/wire'
import type { KeyStore, NewDeviceKeys, StoredBundle, StoredSignedKey } from '../interfaces.ts'
import type { DeviceEntry, DeviceKey, OneTimeKeyDocument, SignedKeyFields } from './documents.ts'
import { insertPassingOver } from './failures.ts'
import { findDeviceKey } from './find-device.ts'
import type { Models } from './models.ts'

type Kind = OneTimeKeyDocument['kind']

/** Positions of keys uploaded in one millisecond: more than an upload may hold. */
const POSITIONS_PER_MILLISECOND = 1_000

export async function insertKeys(
  models: Models,
  device: DeviceKey,
  keys: Partial<NewDeviceKeys>,
): Promise<void> {
  const { preKeys = [], kyberPreKeys = [], signedPreKey, lastResortKyberPreKey } = keys
  const start = Date.now() * POSITIONS_PER_MILLISECOND
  const documents = [
    ...preKeys.map((key, index) => oneTimeKey(device, 'ec', start + index, key)),
    ...kyberPreKeys.map((key, index) => oneTimeKey(device, 'kyber', start + index, key)),
  ]
  if (documents.length > 0) {
    await insertPassingOver(() => models.oneTimeKeys.insertMany(documents, { ordered: false, lean: true }))
  }
  const signed = {
    ...(signedPreKey ? { signedPreKey: toFields(signedPreKey) } : {}),
    ...(lastResortKyberPreKey ? { lastResortKyberPreKey: toFields(lastResortKyberPreKey) } : {}),
  }
  if (Object.keys(signed).length > 0) {
    await models.signedKeys.updateOne({ _id: device }, { $set: signed }, { upsert: true })
  }
}

export function mongoKeys(models: Models): KeyStore {
  const { accounts, oneTimeKeys } = models
  const held = (device: DeviceKey, kind: Kind) => oneTimeKeys.countDocuments({ device, kind, spent: false })
  const countsOf = async (device: DeviceKey) => {
    const [preKeys, kyberPreKeys] = await Promise.all([held(device, 'ec'), held(device, 'kyber')])
    return { preKeys, kyberPreKeys }
  }

  return {
    async add(address, keys, heldAtMost) {
      const device = await findDeviceKey(models, address)
      if (device === undefined) return 'no_device'
      const counts = await countsOf(device)
      const tooMany =
        counts.preKeys + (keys.preKeys?.length ?? 0) > heldAtMost ||
        counts.kyberPreKeys + (keys.kyberPreKeys?.length ?? 0) > heldAtMost
      if (tooMany) return 'too_many'
      await insertKeys(models, device, keys)
      return 'added'
    },
    async counts(address) {
      const device = await findDeviceKey(models, address)
      return device === undefined ? { preKeys: 0, kyberPreKeys: 0 } : countsOf(device)
    },
    async takeBundles(accountId, { oneTime }) {
      const account = await accounts.findOne({ _id: accountId }, { identityKey: 1, devices: 1 }).lean()
      if (!account) return undefined
      const ordered = [...account.devices].sort((one, other) => one.deviceId - other.deviceId)
      const taken = await Promise.all(ordered.map((device) => takeBundle(models, device, oneTime)))
      const devices = taken.filter((bundle) => bundle !== undefined)
      return devices.length === 0 ? undefined : { identityKey: account.identityKey, devices }
    },
  }
}

async function takeBundle(
  models: Models,
  { deviceKey, deviceId, registrationId }: DeviceEntry,
  oneTime: boolean,
): Promise<StoredBundle | undefined> {
  // First what a bundle cannot do without: a device that is going costs no one-time key.
  const signed = await models.signedKeys.findOne({ _id: deviceKey }).lean()
  if (!signed) return undefined
  const [preKey, kyberPreKey] = oneTime
    ? await Promise.all([take(models, deviceKey, 'ec'), take(models, deviceKey, 'kyber')])
    : []
  const lastResort = toSignedKey(signed.lastResortKyberPreKey)
  return {
    deviceId: deviceId as DeviceId,
    registrationId,
    signedPreKey: toSignedKey(signed.signedPreKey),
    ...(preKey?.publicKey ? { preKey: { id: preKey.id, publicKey: preKey.publicKey } } : {}),
    kyberPreKey:
      kyberPreKey?.publicKey && kyberPreKey.signature
        ? { id: kyberPreKey.id, publicKey: kyberPreKey.publicKey, signature: kyberPreKey.signature }
        : lastResort,
  }
}

function take({ oneTimeKeys }: Models, device: DeviceKey, kind: Kind): Promise<OneTimeKeyDocument | null> {
  return oneTimeKeys
    .findOneAndUpdate(
      { device, kind, spent: false },
      { $set: { spent: true }, $unset: { publicKey: 1, signature: 1 } },
      { sort: { position: 1 }, returnDocument: 'before' },
    )
    .lean<OneTimeKeyDocument | null>()
    .exec()
}

function oneTimeKey(
  device: DeviceKey,
  kind: Kind,
  position: number,
  { id, publicKey, signature }: { id: number; publicKey: Uint8Array; signature?: Uint8Array },
): OneTimeKeyDocument {
  return {
    _id: `${device}:${kind}:${id}`,
    device,
    kind,
    id,
    position,
    spent: false,
    publicKey: Buffer.from(publicKey),
    ...(signature ? { signature: Buffer.from(signature) } : {}),
  }
}

function toFields({ id, publicKey, signature }: StoredSignedKey): SignedKeyFields {
  return { id, publicKey: Buffer.from(publicKey), signature: Buffer.from(signature) }
}

function toSignedKey({ id, publicKey, signature }: SignedKeyFields): StoredSignedKey {
  return { id, publicKey, signature }
}
