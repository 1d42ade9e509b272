/**
 * Whether bytes that somebody sent may be given to a browser's decoder: a JPEG, of a size that a telephone can hold
 * once decoded. A header may promise gigabytes in a few hundred bytes.
 * Not concerned with whether the picture is intact, nor with photos of this device's own (`photo/`).
 */
import { readPhotoHeader } from '../photo/header.ts'

/** Pixels: 200 MB once decoded. Our own photos have at most 4 million. */
const MAX_PIXELS = 50_000_000
/** docs/PROTOCOL.md, section 7. */
const MAX_SIDE = 10_000
/** Ours have 64; another client's may have more. */
const MAX_PREVIEW_SIDE = 256

export function isHarmlessPhoto(bytes: Uint8Array): boolean {
  return isJpegWithin(bytes, MAX_SIDE)
}

export function isHarmlessPreview(bytes: Uint8Array): boolean {
  return isJpegWithin(bytes, MAX_PREVIEW_SIDE)
}

function isJpegWithin(bytes: Uint8Array, mostSide: number): boolean {
  try {
    const { format, width, height } = readPhotoHeader(bytes)
    return format === 'jpeg' && Math.max(width, height) <= mostSide && width * height <= MAX_PIXELS
  } catch {
    return false
  }
}
