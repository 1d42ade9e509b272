/**
 * What a picture file still carries beside its picture. It guards what is sent, so what it does not know it names: an
 * empty answer means that there is nothing but pixels and what a decoder needs for them.
 *
 * Sources: `jpeg.ts`; PNG (W3C, third edition), section 11; WebP container specification. Not concerned with removing
 * anything, nor with what the metadata says.
 */
import { fourAscii, hasAscii, readLittleEndian, readUint32 } from './byte-reader.ts'
import { findJpegMetadata, isJpeg } from './jpeg.ts'

/** Kinds of metadata (`EXIF`, `XMP`, `ICC`, `comment`, `trailing bytes` …), each once; `unknown format` if neither. */
export function findMetadata(bytes: Uint8Array): string[] {
  return [...new Set(findIn(bytes))]
}

function findIn(bytes: Uint8Array): string[] {
  if (isJpeg(bytes)) return findJpegMetadata(bytes)
  if (isPng(bytes)) return findPngMetadata(bytes)
  if (isWebp(bytes)) return findWebpMetadata(bytes)
  return ['unknown format']
}

export function isPng(bytes: Uint8Array): boolean {
  return hasAscii(bytes, 0, '\x89PNG\r\n\x1a\n')
}

export function isWebp(bytes: Uint8Array): boolean {
  return hasAscii(bytes, 0, 'RIFF') && hasAscii(bytes, 8, 'WEBP')
}

// colour and size of the picture itself
const PNG_PICTURE = new Set('IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT bKGD pHYs'.split(' '))
const PNG_KINDS: Readonly<Record<string, string>> = {
  eXIf: 'EXIF',
  iCCP: 'ICC',
  tEXt: 'text',
  zTXt: 'text',
  tIME: 'time',
}

function findPngMetadata(bytes: Uint8Array): string[] {
  const found: string[] = []
  for (let offset = 8; offset < bytes.length; ) {
    const type = fourAscii(bytes, offset + 4)
    const end = offset + 12 + readUint32(bytes, offset)
    if (!(end <= bytes.length)) return [...found, 'no end']
    if (!PNG_PICTURE.has(type)) found.push(PNG_KINDS[type] ?? pngTextKind(bytes, offset, type))
    if (type === 'IEND') return end < bytes.length ? [...found, 'trailing bytes'] : found
    offset = end
  }
  return [...found, 'no end']
}

function pngTextKind(bytes: Uint8Array, offset: number, type: string): string {
  if (type !== 'iTXt') return `chunk ${type}`
  return hasAscii(bytes, offset + 8, 'XML:com.adobe.xmp') ? 'XMP' : 'text'
}

const WEBP_PICTURE = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH'])
const WEBP_KINDS: Readonly<Record<string, string>> = {
  EXIF: 'EXIF',
  'XMP ': 'XMP',
  ICCP: 'ICC',
  ANIM: 'animation',
  ANMF: 'animation',
}

function findWebpMetadata(bytes: Uint8Array): string[] {
  const found: string[] = []
  const riffEnd = 8 + readLittleEndian(bytes, 4, 4)
  let offset = 12
  while (offset < riffEnd) {
    const type = fourAscii(bytes, offset)
    const length = readLittleEndian(bytes, offset + 4, 4)
    const end = offset + 8 + length + (length % 2)
    if (!(end <= bytes.length)) return [...found, 'no end']
    if (!WEBP_PICTURE.has(type)) found.push(WEBP_KINDS[type] ?? `chunk ${type}`)
    offset = end
  }
  return offset < bytes.length ? [...found, 'trailing bytes'] : found
}
