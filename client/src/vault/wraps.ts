/**
 * Ways to wrap an account's data key. There may be several at once, each opening the same key; today one kind is
 * made: by PIN. Inside, the key is sealed under the PIN's Argon2id key; that again under a key of this device that
 * cannot be exported, where the platform keeps one (a browser does). The inner layer is what a copy of the profile
 * has to guess; the outer one stops scripts that carry records away.
 * Source: design/security.md, "On the device". Not concerned with counting wrong PINs (`vault.ts`).
 */
import { z } from 'zod'
import { type Argon2Cost, derivePinKey } from './pin-key.ts'
import { importAesKey, open, placeOf, seal } from './sealing.ts'

const SALT_BYTES = 16

const bytes = z.instanceof(Uint8Array)

export const pinWrap = z.object({
  kind: z.literal('pin'),
  salt: bytes,
  memoryKiB: z
    .number()
    .int()
    .min(8)
    .max(1024 * 1024),
  passes: z.number().int().min(1).max(100),
  lanes: z.number().int().min(1).max(16),
  sealed: bytes,
})
export type PinWrap = z.infer<typeof pinWrap>

/** A wrap by a passkey's PRF output will be a second member. */
export const wrap = z.discriminatedUnion('kind', [pinWrap])

export interface WrapContext {
  /** Bound to the wrap: one account's cannot be put in another's place. */
  localId: string
  deviceKey: CryptoKey | undefined
}

/** `dataKey`: 32 bytes. `cost` is kept with the wrap: a later version may raise it. */
export async function wrapByPin(
  dataKey: Uint8Array<ArrayBuffer>,
  pin: string,
  context: WrapContext,
  cost: Argon2Cost,
): Promise<PinWrap> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES))
  const inner = await importAesKey(await derivePinKey(pin, salt, cost))
  const place = placeOf(context.localId)
  let sealed = await seal(inner, dataKey, place)
  if (context.deviceKey !== undefined) sealed = await seal(context.deviceKey, sealed, place)
  return { kind: 'pin', salt, ...cost, sealed }
}

/** Undefined when the PIN is another, or the wrap another device's: the two cannot be told apart. */
export async function unwrapByPin(
  wrapped: PinWrap,
  pin: string,
  context: WrapContext,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const place = placeOf(context.localId)
  const key = await importAesKey(await derivePinKey(pin, wrapped.salt, wrapped))
  const outer = new Uint8Array(wrapped.sealed)
  const inner = context.deviceKey === undefined ? outer : await open(context.deviceKey, outer, place)
  return inner === undefined ? undefined : open(key, inner, place)
}
