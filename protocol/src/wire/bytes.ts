/**
 * Byte strings on the wire: unpadded base64url inside JSON, binary frames on the socket.
 * Not concerned with what the bytes mean.
 */
import { z } from 'zod'

const BASE64URL = /^[A-Za-z0-9_-]*$/

export function toBase64Url(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  }
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Throws a plain Error on anything but unpadded base64url. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  if (!BASE64URL.test(text) || text.length % 4 === 1) throw new Error('not base64url')
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at)
  return bytes
}

/** A JSON field of `min` to `max` bytes: base64url outside, Uint8Array inside. */
export function base64UrlBytes(min: number, max: number = min) {
  return z.codec(
    z
      .string()
      .regex(BASE64URL)
      .max(Math.ceil((max * 4) / 3))
      .refine((text) => text.length % 4 !== 1),
    z.instanceof(Uint8Array).refine((bytes) => bytes.length >= min && bytes.length <= max),
    { decode: (text) => fromBase64Url(text), encode: (bytes) => toBase64Url(bytes) },
  )
}

/** A binary field of a socket event: Buffer in Node, ArrayBuffer in browsers; Uint8Array inside. */
export function binaryBytes(min: number, max: number) {
  return z
    .custom<Uint8Array | ArrayBuffer>((value) => value instanceof Uint8Array || value instanceof ArrayBuffer)
    .transform((value) => (value instanceof Uint8Array ? value : new Uint8Array(value)))
    .refine((bytes) => bytes.length >= min && bytes.length <= max, {
      message: `needs ${min} to ${max} bytes`,
    })
}
