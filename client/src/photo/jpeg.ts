/**
 * A JPEG as its segments: to name what is beside the picture, and to keep nothing but the picture.
 *
 * Source: ITU-T T.81 (annex B) for the segments, T.871 for JFIF. Not concerned with decoding pixels.
 */
import { hasAscii, readUint16 } from './byte-reader.ts'
import { PhotoError } from './errors.ts'

export interface JpegSegment {
  /** The byte after 0xFF. */
  readonly marker: number
  /** Where the payload starts, after marker and length. */
  readonly payloadStart: number
  /** Where the payload ends; for a scan, where its header ends. */
  readonly payloadEnd: number
  /** Where the segment ends; for a scan this includes the compressed data. */
  readonly end: number
}

export interface JpegStructure {
  readonly segments: readonly JpegSegment[]
  /** Bytes between segments that belong to none. */
  readonly strayBytes: number
  /** Whether the end marker is there. */
  readonly ended: boolean
  /** Bytes after the end marker: a second picture, a film, a depth map. */
  readonly trailingBytes: number
}

export const MARKER = {
  com: 0xfe,
  dnl: 0xdc,
  eoi: 0xd9,
  soi: 0xd8,
  sos: 0xda,
  app0: 0xe0,
  app14: 0xee,
} as const

/** Splits a JPEG; stops without an error where it is damaged (`ended` is then false). */
export function readJpeg(bytes: Uint8Array): JpegStructure {
  const segments: JpegSegment[] = []
  let strayBytes = 0
  let offset = 2
  while (offset < bytes.length) {
    const markerAt = findMarker(bytes, offset)
    strayBytes += markerAt - offset
    const marker = bytes[markerAt + 1]
    if (marker === undefined) break
    if (marker === MARKER.eoi) {
      return { segments, strayBytes, ended: true, trailingBytes: bytes.length - markerAt - 2 }
    }
    const segment = readSegment(bytes, markerAt, marker)
    if (segment === undefined) break
    segments.push(segment)
    offset = segment.end
  }
  return { segments, strayBytes, ended: false, trailingBytes: 0 }
}

/** What beside the picture a JPEG carries, by kind; empty when nothing. */
export function findJpegMetadata(bytes: Uint8Array): string[] {
  const { segments, strayBytes, ended, trailingBytes } = readJpeg(bytes)
  const found = segments.flatMap((segment) => {
    const kind = metadataKind(bytes, segment)
    return kind === undefined ? [] : [kind]
  })
  if (strayBytes > 0) found.push('stray bytes')
  if (!ended) found.push('no end')
  if (trailingBytes > 0) found.push('trailing bytes')
  return found
}

// version 1.01, no density, no thumbnail
const PLAIN_JFIF = Uint8Array.of(0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0)
const ADOBE_LENGTH = 12

/**
 * The same picture with nothing beside it: tables, frame and scans are copied, a plain JFIF header stands in for the
 * encoder's own. Some browsers' encoders write EXIF, ICC or Photoshop segments of their own, and a canvas cannot be
 * asked not to.
 *
 * @throws PhotoError `photo_unreadable` when it is no whole JPEG
 */
export function keepPictureOnly(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { segments, ended } = readJpeg(bytes)
  if (!isJpeg(bytes) || !ended) throw new PhotoError('photo_unreadable', 'not a whole JPEG')
  const parts: Uint8Array[] = [Uint8Array.of(0xff, MARKER.soi)]
  if (!segments.some((segment) => segment.marker === MARKER.app14)) parts.push(PLAIN_JFIF)
  for (const segment of segments) {
    if (isPicture(segment.marker)) parts.push(copyOf(bytes, segment))
    if (isAdobe(bytes, segment)) parts.push(plainAdobe(bytes, segment))
  }
  parts.push(Uint8Array.of(0xff, MARKER.eoi))
  return join(parts)
}

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === MARKER.soi && bytes[2] === 0xff
}

/** The frame's size, of the largest frame if there are several before the first scan. */
export function readJpegSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  let size: { width: number; height: number } | undefined
  let offset = 2
  while (offset < bytes.length) {
    const markerAt = findMarker(bytes, offset)
    const marker = bytes[markerAt + 1]
    if (marker === undefined || marker === MARKER.eoi || marker === MARKER.sos) break
    const segment = readSegment(bytes, markerAt, marker)
    if (segment === undefined) break
    if (isFrame(marker)) {
      const height = readUint16(bytes, segment.payloadStart + 1)
      const width = readUint16(bytes, segment.payloadStart + 3)
      if (size === undefined || width * height > size.width * size.height) size = { width, height }
    }
    offset = segment.end
  }
  return size
}

/** The next 0xFF that is followed by neither a fill byte nor the zero that marks a data byte. */
function findMarker(bytes: Uint8Array, from: number): number {
  let offset = from
  while (offset < bytes.length) {
    offset = bytes.indexOf(0xff, offset)
    if (offset === -1) return bytes.length
    const next = bytes[offset + 1]
    if (next !== 0x00 && next !== 0xff) return offset
    offset += 1
  }
  return bytes.length
}

function readSegment(bytes: Uint8Array, markerAt: number, marker: number): JpegSegment | undefined {
  const start = markerAt + 2
  if (isStandalone(marker)) return { marker, payloadStart: start, payloadEnd: start, end: start }
  const length = readUint16(bytes, start)
  const payloadEnd = start + length
  if (!(length >= 2 && payloadEnd <= bytes.length)) return undefined
  const end = marker === MARKER.sos ? endOfScan(bytes, payloadEnd) : payloadEnd
  return { marker, payloadStart: start + 2, payloadEnd, end }
}

function endOfScan(bytes: Uint8Array, from: number): number {
  let offset = from
  for (;;) {
    offset = findMarker(bytes, offset)
    const marker = bytes[offset + 1]
    if (marker === undefined) return bytes.length
    if (marker < 0xd0 || marker > 0xd7) return offset
    offset += 2 // a restart marker is part of the scan
  }
}

function isStandalone(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)
}

/** SOF0 … SOF15; C4, C8 and CC among them are tables and a reserved one. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

/** Frame, Huffman and arithmetic tables, scan, quantisation tables, number of lines, restart interval. */
function isPicture(marker: number): boolean {
  return (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8) || (marker >= MARKER.sos && marker <= 0xdd)
}

/** Adobe's segment says how colours are coded; without it some pictures decode in false ones. */
function isAdobe(bytes: Uint8Array, segment: JpegSegment): boolean {
  return segment.marker === MARKER.app14 && hasAscii(bytes, segment.payloadStart, 'Adobe')
}

function metadataKind(bytes: Uint8Array, segment: JpegSegment): string | undefined {
  const { marker, payloadStart, payloadEnd } = segment
  const length = payloadEnd - payloadStart
  if (isPicture(marker)) return undefined
  if (marker === MARKER.com) return 'comment'
  if (marker === MARKER.app0 && hasAscii(bytes, payloadStart, 'JFIF\0')) {
    return length === 14 ? undefined : 'JFIF thumbnail'
  }
  if (isAdobe(bytes, segment) && length === ADOBE_LENGTH) return undefined
  const named = NAMED_SEGMENTS.find(
    ([app, start]) => marker === MARKER.app0 + app && hasAscii(bytes, payloadStart, start),
  )
  if (named !== undefined) return named[2]
  return marker >= 0xe0 && marker <= 0xef ? `APP${marker - 0xe0}` : `marker ${marker.toString(16)}`
}

const NAMED_SEGMENTS: readonly [number, string, string][] = [
  [0, 'JFXX\0', 'JFXX thumbnail'],
  [1, 'Exif\0', 'EXIF'],
  [1, 'http://ns.adobe.com/xap/', 'XMP'],
  [1, 'http://ns.adobe.com/xmp/extension/', 'extended XMP'],
  [2, 'ICC_PROFILE\0', 'ICC'],
  [2, 'MPF\0', 'MPF'],
  [13, 'Photoshop 3.0\0', 'IPTC'],
]

function copyOf(bytes: Uint8Array, segment: JpegSegment): Uint8Array {
  return bytes.subarray(segment.payloadStart - 4, segment.end)
}

function plainAdobe(bytes: Uint8Array, segment: JpegSegment): Uint8Array {
  const adobe = new Uint8Array(4 + ADOBE_LENGTH)
  adobe.set([0xff, MARKER.app14, 0, 2 + ADOBE_LENGTH])
  adobe.set(
    bytes.subarray(segment.payloadStart, Math.min(segment.payloadStart + ADOBE_LENGTH, segment.payloadEnd)),
    4,
  )
  return adobe
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}
