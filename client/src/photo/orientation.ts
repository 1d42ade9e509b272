/**
 * The EXIF orientation of a WebP or PNG. Browsers turn a JPEG upright by themselves, but disagree about these two (and
 * say nothing when they do not turn), so the orientation is hidden from them and applied here, the same everywhere.
 *
 * Sources: TIFF 6.0 (section 2) for the directory, EXIF 2.32 tag 0x0112; WebP container; PNG `eXIf`.
 * Not concerned with JPEG, whose orientation the decoders handle, nor with HEIC and AVIF, which have none in EXIF.
 */
import { fourAscii, hasAscii, readLittleEndian, readUint16, readUint32 } from './byte-reader.ts'
import type { PhotoHeader } from './header.ts'

/** 1 upright; 2–4 mirrored or upside down; 5–8 with sides exchanged. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

export interface Unturned {
  /** A copy for the decoder, without an EXIF that it could heed. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly orientation: Orientation
}

/** Takes the orientation out of a WebP or PNG; other formats come back as they are, as upright. */
export function hideOrientation(bytes: Uint8Array, format: PhotoHeader['format']): Unturned {
  const copy = new Uint8Array(bytes)
  const exif = format === 'webp' ? findWebpExif(copy) : format === 'png' ? findPngExif(copy) : undefined
  if (exif === undefined) return { bytes: copy, orientation: 1 }
  const orientation = readOrientation(copy.subarray(exif.start, exif.end))
  copy.set([0x6a, 0x75, 0x6e, 0x6b], exif.nameAt) // "junk": an unknown chunk, which decoders skip
  return { bytes: copy, orientation }
}

/** The canvas transform that stands a picture of `width` × `height` (as stored) upright. */
export function uprightTransform(
  orientation: Orientation,
  { width, height }: { width: number; height: number },
): [number, number, number, number, number, number] {
  switch (orientation) {
    case 1:
      return [1, 0, 0, 1, 0, 0]
    case 2:
      return [-1, 0, 0, 1, width, 0]
    case 3:
      return [-1, 0, 0, -1, width, height]
    case 4:
      return [1, 0, 0, -1, 0, height]
    case 5:
      return [0, 1, 1, 0, 0, 0]
    case 6:
      return [0, 1, -1, 0, height, 0]
    case 7:
      return [0, -1, -1, 0, height, width]
    case 8:
      return [0, -1, 1, 0, 0, width]
  }
}

/** Exchanges the sides for the orientations that lie on one. */
export function turnSize(
  orientation: Orientation,
  { width, height }: { width: number; height: number },
): { width: number; height: number } {
  return orientation >= 5 ? { width: height, height: width } : { width, height }
}

interface Chunk {
  readonly nameAt: number
  readonly start: number
  readonly end: number
}

function findWebpExif(bytes: Uint8Array): Chunk | undefined {
  for (let offset = 12; offset + 8 <= bytes.length; ) {
    const length = readLittleEndian(bytes, offset + 4, 4)
    const start = offset + 8
    if (fourAscii(bytes, offset) === 'EXIF') return { nameAt: offset, start, end: start + length }
    offset = start + length + (length % 2)
  }
  return undefined
}

function findPngExif(bytes: Uint8Array): Chunk | undefined {
  for (let offset = 8; offset + 12 <= bytes.length; ) {
    const length = readUint32(bytes, offset)
    const start = offset + 8
    if (fourAscii(bytes, offset + 4) === 'eXIf') return { nameAt: offset + 4, start, end: start + length }
    offset = start + length + 4
  }
  return undefined
}

/** Of the first directory; 1 when there is none or it makes no sense. */
function readOrientation(exif: Uint8Array): Orientation {
  const tiff = hasAscii(exif, 0, 'Exif\0\0') ? exif.subarray(6) : exif
  const little = hasAscii(tiff, 0, 'II*\0')
  if (!little && !hasAscii(tiff, 0, 'MM\0*')) return 1
  const short = (at: number) => (little ? readLittleEndian(tiff, at, 2) : readUint16(tiff, at))
  const directoryAt = little ? readLittleEndian(tiff, 4, 4) : readUint32(tiff, 4)
  const entries = short(directoryAt)
  for (let i = 0; i < entries; i++) {
    const entryAt = directoryAt + 2 + 12 * i
    if (short(entryAt) === 0x0112) return asOrientation(short(entryAt + 8))
  }
  return 1
}

function asOrientation(value: number): Orientation {
  return value >= 1 && value <= 8 ? (value as Orientation) : 1
}
