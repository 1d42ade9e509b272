/**
 * Prepares a photo for sending: small enough for a phone's line, upright, and with nothing in it but its pixels.
 *
 * The picture is decoded to pixels and encoded anew, which leaves all metadata behind; then the encoder's own segments
 * are dropped, and what remains is searched before anyone may have it. Browser and Node differ only in the codec that
 * they pass in. Not concerned with blurring, annotating, encrypting.
 */
import { PhotoError } from './errors.ts'
import { type PhotoHeader, readPhotoHeader } from './header.ts'
import { keepPictureOnly } from './jpeg.ts'
import { findMetadata } from './metadata.ts'

export interface PreparedPhoto {
  /** A JPEG of at most 1.5 MB, longest side at most 2048. */
  readonly bytes: Uint8Array
  readonly mime: 'image/jpeg'
  /** In pixels, upright. */
  readonly width: number
  readonly height: number
  /** A JPEG of at most 3 KiB, longest side at most 64. */
  readonly preview: Uint8Array
}

/** A picture in memory, upright and in sRGB. */
export interface DecodedPhoto {
  readonly width: number
  readonly height: number
  /** A JPEG of that size; `quality` from 0 to 1. */
  encode(size: { width: number; height: number }, quality: number): Promise<Uint8Array>
  release(): void
}

/** Decodes to at most `longestSide` pixels a side. */
export type DecodePhoto = (
  bytes: Uint8Array,
  header: PhotoHeader,
  longestSide: number,
) => Promise<DecodedPhoto>

export const MAX_INPUT_BYTES = 40 * 1024 * 1024
export const MAX_INPUT_PIXELS = 100_000_000

interface Step {
  readonly longestSide: number
  readonly quality: number
}

const MAX_PHOTO_BYTES = 1_500_000
/** As `contentLimits.previewBytes`; said again so that photos need no schemas in their bundle. */
export const MAX_PREVIEW_BYTES = 3 * 1024
// quality goes before size: a wound's edge suffers more from fewer pixels than from coarser colours
const PHOTO_STEPS = steps([2048, 1600, 1280, 1024], [0.85, 0.75, 0.65, 0.55])
const PREVIEW_STEPS = steps([64, 48, 32], [0.6, 0.4])
const LONGEST_SIDE = 2048

/** @throws PhotoError, all four codes */
export async function prepareWith(decode: DecodePhoto, bytes: Uint8Array): Promise<PreparedPhoto> {
  const header = checkInput(bytes)
  const decoded = await decode(bytes, header, LONGEST_SIDE)
  try {
    const photo = await encodeWithin(decoded, PHOTO_STEPS, MAX_PHOTO_BYTES)
    const preview = await encodeWithin(decoded, PREVIEW_STEPS, MAX_PREVIEW_BYTES)
    const { width, height } = photo
    return { bytes: photo.bytes, mime: 'image/jpeg', width, height, preview: preview.bytes }
  } finally {
    decoded.release()
  }
}

/** The size with the longest side at most `longestSide`, never enlarged, at least 1 × 1. */
export function fitWithin(
  size: { width: number; height: number },
  longestSide: number,
): { width: number; height: number } {
  const scale = Math.min(1, longestSide / Math.max(size.width, size.height))
  const scaled = (side: number) => Math.max(1, Math.round(side * scale))
  return { width: scaled(size.width), height: scaled(size.height) }
}

/** @throws PhotoError `photo_metadata` unless the JPEG holds its picture and nothing else */
export function checkNothingBeside(jpeg: Uint8Array): void {
  if (findMetadata(jpeg).length > 0) {
    throw new PhotoError('photo_metadata', 'the photo still carries more than its picture')
  }
}

function checkInput(bytes: Uint8Array): PhotoHeader {
  if (bytes.length > MAX_INPUT_BYTES) throw tooLarge()
  const header = readPhotoHeader(bytes)
  if (header.width * header.height > MAX_INPUT_PIXELS) throw tooLarge()
  return header
}

async function encodeWithin(
  decoded: DecodedPhoto,
  ladder: readonly Step[],
  maxBytes: number,
): Promise<{ bytes: Uint8Array; width: number; height: number }> {
  for (const { longestSide, quality } of ladder) {
    const size = fitWithin(decoded, longestSide)
    const bytes = keepPictureOnly(await decoded.encode(size, quality))
    checkNothingBeside(bytes)
    if (bytes.length <= maxBytes) return { bytes, ...size }
  }
  throw tooLarge()
}

function steps(longestSides: readonly number[], qualities: readonly number[]): readonly Step[] {
  return longestSides.flatMap((longestSide) => qualities.map((quality) => ({ longestSide, quality })))
}

function tooLarge(): PhotoError {
  return new PhotoError('photo_too_large', 'the photo has too many bytes or pixels')
}
