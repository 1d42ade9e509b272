/**
 * Identifiers as branded types: an account id cannot be passed where a person id belongs.
 * Not concerned with how they are made; the relay makes account and device ids, the directory person ids.
 */
import { z } from 'zod'

/** UUID, lower case, 36 characters: the account, and libsignal's service id. */
export const accountId = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
  .brand<'AccountId'>()
export type AccountId = z.infer<typeof accountId>

/** 1–127, never reused within an account until the range is spent. */
export const deviceId = z.number().int().min(1).max(127).brand<'DeviceId'>()
export type DeviceId = z.infer<typeof deviceId>

/** 14 bits, drawn anew by every installation: tells a replaced device from the one it replaced. */
export const registrationId = z.number().int().min(1).max(16380)

/** The directory's own opaque id of a person; never a national number. */
export const personId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,40}$/)
  .brand<'PersonId'>()
export type PersonId = z.infer<typeof personId>

/** 24 bits: ids of prekeys, unique per device and kind. */
export const preKeyId = z.number().int().min(1).max(0xffffff)

/** The id under which an encrypted attachment is fetched: 128 random bits, hexadecimal. */
export const attachmentId = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .brand<'AttachmentId'>()
export type AttachmentId = z.infer<typeof attachmentId>
