/**
 * Which format a picture has and how large it claims to be, read from its first bytes, so that a decompression bomb
 * is refused before any decoder sees it.
 *
 * Sources: T.81, PNG, WebP container, ISO/IEC 23008-12 (HEIF). Not concerned with whether the picture is intact.
 */
import { fourAscii, hasAscii, readLittleEndian, readUint32 } from './byte-reader.ts'
import { PhotoError } from './errors.ts'
import { isJpeg, readJpegSize } from './jpeg.ts'
import { isPng, isWebp } from './metadata.ts'

export interface PhotoHeader {
  readonly format: 'jpeg' | 'png' | 'webp' | 'heic' | 'avif'
  /** As stored, before any orientation is applied. */
  readonly width: number
  readonly height: number
}

interface Size {
  readonly width: number
  readonly height: number
}

/** @throws PhotoError `photo_unreadable` for another format or a size that cannot be found */
export function readPhotoHeader(bytes: Uint8Array): PhotoHeader {
  const format = formatOf(bytes)
  const size = format === undefined ? undefined : READERS[format](bytes)
  if (format === undefined || size === undefined || !(size.width > 0 && size.height > 0)) {
    throw new PhotoError('photo_unreadable', 'not a picture of a known format')
  }
  return { format, ...size }
}

function formatOf(bytes: Uint8Array): PhotoHeader['format'] | undefined {
  if (isJpeg(bytes)) return 'jpeg'
  if (isPng(bytes)) return 'png'
  if (isWebp(bytes)) return 'webp'
  if (hasAscii(bytes, 4, 'ftyp')) return heifFormat(bytes)
  return undefined
}

const READERS: Record<PhotoHeader['format'], (bytes: Uint8Array) => Size | undefined> = {
  jpeg: readJpegSize,
  png: (bytes) => ({ width: readUint32(bytes, 16), height: readUint32(bytes, 20) }),
  webp: readWebpSize,
  heic: readHeifSize,
  avif: readHeifSize,
}

function readWebpSize(bytes: Uint8Array): Size | undefined {
  const first = fourAscii(bytes, 12)
  if (first === 'VP8X') {
    return { width: 1 + readLittleEndian(bytes, 24, 3), height: 1 + readLittleEndian(bytes, 27, 3) }
  }
  if (first === 'VP8 ') {
    return {
      width: readLittleEndian(bytes, 26, 2) & 0x3fff,
      height: readLittleEndian(bytes, 28, 2) & 0x3fff,
    }
  }
  if (first !== 'VP8L') return undefined
  const packed = readLittleEndian(bytes, 21, 4)
  return { width: 1 + (packed & 0x3fff), height: 1 + ((packed >>> 14) & 0x3fff) }
}

const HEIC_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'])
const AVIF_BRANDS = new Set(['avif', 'avis'])

function heifFormat(bytes: Uint8Array): 'heic' | 'avif' | undefined {
  const end = Math.min(readUint32(bytes, 0), 256, bytes.length)
  const brands: string[] = []
  for (let offset = 8; offset + 4 <= end; offset += 4) brands.push(fourAscii(bytes, offset))
  if (brands.some((brand) => AVIF_BRANDS.has(brand))) return 'avif'
  return brands.some((brand) => HEIC_BRANDS.has(brand)) ? 'heic' : undefined
}

/** The largest `ispe` (image spatial extents) in the `meta` box: a grid's tiles have one each, the whole another. */
function readHeifSize(bytes: Uint8Array): Size | undefined {
  const meta = findBox(bytes, 'meta')
  let largest: Size | undefined
  for (let offset = meta.start; offset + 16 <= meta.end; offset++) {
    if (!hasAscii(bytes, offset, 'ispe')) continue
    const size = { width: readUint32(bytes, offset + 8), height: readUint32(bytes, offset + 12) }
    if (largest === undefined || size.width * size.height > largest.width * largest.height) largest = size
  }
  return largest
}

function findBox(bytes: Uint8Array, type: string): { start: number; end: number } {
  for (let offset = 0; offset + 8 <= bytes.length; ) {
    const end = Math.min(offset + boxLength(bytes, offset), bytes.length)
    if (hasAscii(bytes, offset + 4, type)) return { start: offset + 8, end }
    if (!(end >= offset + 8)) break
    offset = end
  }
  return { start: 0, end: 0 }
}

/** 0 stands for "to the end of the file", 1 for a 64-bit length behind the type. */
function boxLength(bytes: Uint8Array, offset: number): number {
  const length = readUint32(bytes, offset)
  if (length === 0) return bytes.length - offset
  return length === 1 ? readUint32(bytes, offset + 8) * 2 ** 32 + readUint32(bytes, offset + 12) : length
}
