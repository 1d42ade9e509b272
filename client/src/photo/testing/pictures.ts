/** Pictures with things hidden in them, made for tests: nothing in them is of a real place or person. */
import sharp, { type Sharp } from 'sharp'

export const CANARY = 'CANARY-METADATA-50.8503N-4.3517E'

const ascii = (text: string) => Buffer.from(text, 'latin1')

/** 40 × 20, left half red, right half blue. */
export function redBlue(): Sharp {
  const pixels = Buffer.alloc(40 * 20 * 3)
  for (let i = 0; i < 800; i++) pixels[i * 3 + (i % 40 < 20 ? 0 : 2)] = 255
  return sharp(pixels, { raw: { width: 40, height: 20, channels: 3 } })
}

export function plainJpeg(): Promise<Buffer> {
  return redBlue().jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer()
}

/** A segment with marker 0xFF `marker`. */
export function segment(marker: number, payload: Uint8Array): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(payload.length + 2, 2)
  return Buffer.concat([head, payload])
}

/** Puts segments right behind a JPEG's start marker. */
export function insertSegments(jpeg: Uint8Array, ...segments: Uint8Array[]): Buffer {
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)])
}

/** EXIF, big-endian: orientation, and a GPS directory whose area information is the canary. */
export function exifWithGps(orientation: number): Buffer {
  const area = ascii(`${CANARY}\0`)
  const tiff = Buffer.alloc(56)
  tiff.write('MM\0*', 0, 'latin1')
  tiff.writeUInt32BE(8, 4)
  tiff.writeUInt16BE(2, 8) // two entries in the first directory
  writeEntry(tiff, 10, { tag: 0x0112, type: 3, count: 1, value: orientation * 0x10000 })
  writeEntry(tiff, 22, { tag: 0x8825, type: 4, count: 1, value: 38 })
  tiff.writeUInt16BE(1, 38) // one entry in the GPS directory
  writeEntry(tiff, 40, { tag: 0x001c, type: 2, count: area.length, value: 56 })
  return segment(0xe1, Buffer.concat([ascii('Exif\0\0'), tiff, area]))
}

function writeEntry(
  tiff: Buffer,
  at: number,
  entry: { tag: number; type: number; count: number; value: number },
): void {
  tiff.writeUInt16BE(entry.tag, at)
  tiff.writeUInt16BE(entry.type, at + 2)
  tiff.writeUInt32BE(entry.count, at + 4)
  tiff.writeUInt32BE(entry.value, at + 8)
}

/** Every kind of thing that cameras, phones and editors hide in a JPEG, each with the canary. */
export async function loadedJpeg(orientation = 1): Promise<Buffer> {
  const jpeg = insertSegments(
    await plainJpeg(),
    exifWithGps(orientation),
    segment(0xe1, ascii(`http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>${CANARY}</x:xmpmeta>`)),
    segment(0xe1, ascii(`http://ns.adobe.com/xmp/extension/\0${CANARY}`)),
    segment(0xe2, ascii(`MPF\0MM\0*${CANARY}`)),
    segment(0xed, ascii(`Photoshop 3.0\x008BIM${CANARY}`)),
    segment(0xe5, ascii(`maker${CANARY}`)),
    segment(0xfe, ascii(CANARY)),
  )
  const film = Buffer.concat([ascii('\0\0\0\x18ftypmp42'), ascii(CANARY)])
  return Buffer.concat([jpeg, film])
}

/** A PNG chunk with its CRC left out of account: readers of metadata do not look at it. */
export function pngChunk(type: string, payload: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(payload.length)
  return Buffer.concat([length, ascii(type), payload, Buffer.alloc(4)])
}

/** A PNG that claims a size and has no picture to show for it. */
export function pngBomb(width: number, height: number): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0])
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  return Buffer.concat([
    ascii('\x89PNG\r\n\x1a\n'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', Buffer.alloc(100)),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

/** The boxes of a HEIC with nothing in it that a decoder could show. */
export function emptyHeic(width: number, height: number): Buffer {
  const box = (type: string, ...parts: Uint8Array[]) => {
    const payload = Buffer.concat(parts)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(8 + payload.length)
    return Buffer.concat([length, ascii(type), payload])
  }
  const extents = Buffer.alloc(12)
  extents.writeUInt32BE(width, 4)
  extents.writeUInt32BE(height, 8)
  const properties = box('iprp', box('ipco', box('ispe', extents)))
  return Buffer.concat([
    box('ftyp', ascii('heic\0\0\0\0mif1heic')),
    box('meta', Buffer.alloc(4), properties),
    box('mdat', Buffer.alloc(64)),
  ])
}
