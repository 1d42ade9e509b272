import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { PhotoError } from './errors.ts'
import { readPhotoHeader } from './header.ts'
import { keepPictureOnly } from './jpeg.ts'
import { findMetadata } from './metadata.ts'
import {
  CANARY,
  insertSegments,
  loadedJpeg,
  plainJpeg,
  pngBomb,
  pngChunk,
  redBlue,
  segment,
} from './testing/pictures.ts'

const ascii = (text: string) => Buffer.from(text, 'latin1')

describe('metadata in a JPEG', () => {
  it('is nothing in what an encoder needs', async () => {
    expect(findMetadata(await plainJpeg())).toEqual([])
    expect(findMetadata(await redBlue().jpeg({ progressive: true, mozjpeg: true }).toBuffer())).toEqual([])
    expect(findMetadata(await redBlue().greyscale().jpeg().toBuffer())).toEqual([])
  })

  it('is named by kind', async () => {
    expect(findMetadata(await loadedJpeg())).toEqual([
      'EXIF',
      'XMP',
      'extended XMP',
      'MPF',
      'IPTC',
      'APP5',
      'comment',
      'trailing bytes',
    ])
    const profiled = await redBlue().withIccProfile('p3').jpeg().toBuffer()
    expect(findMetadata(profiled)).toEqual(['ICC'])
  })

  it('is found in every odd place', async () => {
    const jpeg = await plainJpeg()
    const cases: [string, Uint8Array][] = [
      ['JFXX thumbnail', insertSegments(jpeg, segment(0xe0, ascii('JFXX\0\x10thumbnail')))],
      [
        'JFIF thumbnail',
        insertSegments(jpeg, segment(0xe0, ascii(`JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01rgb`))),
      ],
      ['APP14', insertSegments(jpeg, segment(0xee, ascii(`Adobe${CANARY}`)))],
      ['APP0', insertSegments(jpeg, segment(0xe0, ascii(CANARY)))],
      ['marker f0', insertSegments(jpeg, segment(0xf0, ascii(CANARY)))],
      ['stray bytes', Buffer.concat([jpeg.subarray(0, 20), ascii(CANARY), jpeg.subarray(20)])],
      ['no end', jpeg.subarray(0, -2)],
      ['no end', jpeg.subarray(0, 40)],
      ['trailing bytes', Buffer.concat([jpeg, jpeg])],
    ]
    for (const [kind, bytes] of cases) expect(findMetadata(bytes), kind).toContain(kind)
  })
})

describe('keeping the picture only', () => {
  it('drops all metadata and not a pixel', async () => {
    const loaded = await loadedJpeg()
    const kept = keepPictureOnly(loaded)
    expect(findMetadata(kept)).toEqual([])
    expect(Buffer.from(kept).includes('CANARY')).toBe(false)
    const pixels = (jpeg: Uint8Array) => sharp(jpeg).raw().toBuffer()
    expect((await pixels(kept)).equals(await pixels(loaded))).toBe(true)
  })

  it('keeps how colours are coded', async () => {
    const cmyk = await redBlue().toColourspace('cmyk').jpeg().toBuffer()
    const kept = keepPictureOnly(cmyk)
    expect(findMetadata(kept)).toEqual([])
    expect(cmyk.includes('Adobe')).toBe(true)
    expect(Buffer.from(kept).includes('Adobe')).toBe(true)
  })

  it('keeps restart markers and several scans', async () => {
    const progressive = await redBlue().jpeg({ progressive: true }).toBuffer()
    const pixels = (jpeg: Uint8Array) => sharp(jpeg).raw().toBuffer()
    expect((await pixels(keepPictureOnly(progressive))).equals(await pixels(progressive))).toBe(true)
  })

  it('refuses what is no whole JPEG', async () => {
    const jpeg = await plainJpeg()
    for (const bad of [Buffer.alloc(0), ascii('GIF89a'), jpeg.subarray(0, -2), jpeg.subarray(0, 100)]) {
      expect(() => keepPictureOnly(bad)).toThrow(PhotoError)
    }
  })
})

describe('metadata in a PNG and a WebP', () => {
  it('is named by kind', async () => {
    const png = await redBlue().png().toBuffer()
    expect(findMetadata(png)).toEqual([])
    const hidden = Buffer.concat([
      png.subarray(0, 33),
      pngChunk('eXIf', ascii(CANARY)),
      pngChunk('tEXt', ascii(`Author\0${CANARY}`)),
      pngChunk('iTXt', ascii(`XML:com.adobe.xmp\0${CANARY}`)),
      pngChunk('tIME', Buffer.alloc(7)),
      pngChunk('prVt', ascii(CANARY)),
      png.subarray(33),
      ascii(CANARY),
    ])
    expect(findMetadata(hidden)).toEqual(['EXIF', 'text', 'XMP', 'time', 'chunk prVt', 'trailing bytes'])
    expect(findMetadata(png.subarray(0, -12))).toEqual(['no end'])

    const webp = await redBlue().webp().toBuffer()
    expect(findMetadata(webp)).toEqual([])
    const loaded = await redBlue()
      .withExif({ IFD0: { Copyright: CANARY } })
      .withIccProfile('p3')
      .webp()
      .toBuffer()
    expect(findMetadata(loaded).sort()).toEqual(['EXIF', 'ICC'])
    expect(findMetadata(Buffer.concat([webp, ascii(CANARY)]))).toEqual(['trailing bytes'])
    expect(findMetadata(webp.subarray(0, -1))).toEqual(['no end'])
  })

  it('is suspected in any other format', () => {
    for (const bytes of [ascii('GIF89a'), ascii('%PDF-1.7'), Buffer.alloc(0)]) {
      expect(findMetadata(bytes)).toEqual(['unknown format'])
    }
  })
})

describe('header', () => {
  it('tells format and size of each format', async () => {
    const size = { width: 40, height: 20 }
    expect(readPhotoHeader(await loadedJpeg())).toEqual({ format: 'jpeg', ...size })
    expect(readPhotoHeader(await redBlue().png().toBuffer())).toEqual({ format: 'png', ...size })
    expect(readPhotoHeader(await redBlue().webp().toBuffer())).toEqual({ format: 'webp', ...size })
    expect(readPhotoHeader(await redBlue().webp({ lossless: true }).toBuffer())).toEqual({
      format: 'webp',
      ...size,
    })
    const extended = await redBlue().withIccProfile('p3').webp().toBuffer()
    expect(readPhotoHeader(extended)).toEqual({ format: 'webp', ...size })
    expect(readPhotoHeader(await redBlue().avif({ effort: 0 }).toBuffer())).toEqual({
      format: 'avif',
      ...size,
    })
    expect(readPhotoHeader(pngBomb(65_535, 65_535))).toEqual({ format: 'png', width: 65_535, height: 65_535 })
  })

  it('never fails but with a code, whatever it is given', async () => {
    const seeds = [await loadedJpeg(), await redBlue().webp().toBuffer(), await redBlue().png().toBuffer()]
    const heads = [...seeds.map((seed) => seed.subarray(0, 60)), ascii('\0\0\0\x18ftypheic'), Buffer.alloc(0)]
    fc.assert(
      fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 200 }), (head, tail) => {
        const bytes = Buffer.concat([head, tail])
        findMetadata(bytes)
        try {
          const { width, height } = readPhotoHeader(bytes)
          expect(width * height).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toBeInstanceOf(PhotoError)
        }
      }),
      { numRuns: 500 },
    )
  })
})
