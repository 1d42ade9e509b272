import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { contentLimits } from '@pli/protocol/content'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { PhotoError, PhotoErrorCode } from './errors.ts'
import { findMetadata } from './metadata.ts'
import { preparePhoto } from './node.ts'
import { checkNothingBeside, fitWithin, MAX_INPUT_BYTES, type PreparedPhoto } from './prepare.ts'
import {
  CANARY,
  exifWithGps,
  insertSegments,
  loadedJpeg,
  plainJpeg,
  pngBomb,
  redBlue,
} from './testing/pictures.ts'

/** Fails if anything but pixels is left, asking our scanner, another library, and the bytes themselves. */
async function expectNothingLeft(photo: PreparedPhoto): Promise<void> {
  for (const jpeg of [photo.bytes, photo.preview]) {
    expect(findMetadata(jpeg)).toEqual([])
    const { exif, xmp, icc, iptc, orientation, format, comments } = await sharp(jpeg).metadata()
    expect({ exif, xmp, icc, iptc, orientation, comments, format }).toEqual({ format: 'jpeg' })
    const bytes = Buffer.from(jpeg)
    for (const trace of [CANARY, 'Exif', 'http://ns.adobe', 'ICC_PROFILE', 'Photoshop', 'GPS', 'ftyp']) {
      expect(bytes.includes(trace), trace).toBe(false)
    }
  }
}

async function expectLimits(photo: PreparedPhoto): Promise<void> {
  const preview = await sharp(photo.preview).metadata()
  const whole = await sharp(photo.bytes).metadata()
  expect({ width: whole.width, height: whole.height }).toEqual({ width: photo.width, height: photo.height })
  expect(Math.max(photo.width, photo.height)).toBeLessThanOrEqual(2048)
  expect(photo.bytes.length).toBeLessThanOrEqual(1_500_000)
  expect(Math.max(preview.width, preview.height)).toBeLessThanOrEqual(64)
  expect(photo.preview.length).toBeLessThanOrEqual(contentLimits.previewBytes)
}

async function pixelAt(jpeg: Uint8Array, x: number, y: number): Promise<string> {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true })
  const [red = 0, green = 0, blue = 0] = data.subarray((y * info.width + x) * info.channels)
  if (red > 200 && green < 60 && blue < 60) return 'red'
  if (blue > 200 && green < 60 && red < 60) return 'blue'
  return red > 200 && green > 200 && blue > 200 ? 'white' : `${red},${green},${blue}`
}

async function expectRefusal(bytes: Uint8Array, code: PhotoErrorCode): Promise<void> {
  await expect(preparePhoto(bytes)).rejects.toMatchObject({ name: 'PhotoError', code })
}

describe('a photo made by hand', () => {
  it('loses GPS, editors’ traces and an appended film', async () => {
    const loaded = await loadedJpeg()
    expect(loaded.includes(CANARY)).toBe(true)
    const photo = await preparePhoto(loaded)
    expect(photo).toMatchObject({ mime: 'image/jpeg', width: 40, height: 20 })
    await expectNothingLeft(photo)
  })

  it('stands upright for each of the eight orientations', async () => {
    // where the red half, stored on the left, has to appear
    const redAt: Record<number, 'left' | 'right' | 'top' | 'bottom'> = {
      1: 'left',
      2: 'right',
      3: 'right',
      4: 'left',
      5: 'top',
      6: 'top',
      7: 'bottom',
      8: 'bottom',
    }
    for (const [orientation, side] of Object.entries(redAt)) {
      const photo = await preparePhoto(insertSegments(await plainJpeg(), exifWithGps(Number(orientation))))
      const upright = side === 'top' || side === 'bottom'
      expect({ width: photo.width, height: photo.height }).toEqual(
        upright ? { width: 20, height: 40 } : { width: 40, height: 20 },
      )
      const [x, y] = { left: [3, 10], right: [36, 10], top: [10, 3], bottom: [10, 36] }[side] as [
        number,
        number,
      ]
      expect(await pixelAt(photo.bytes, x, y), `orientation ${orientation}`).toBe('red')
      expect(await pixelAt(photo.bytes, photo.width - 1 - x, photo.height - 1 - y)).toBe('blue')
    }
  })

  it('fits however large and noisy it was', async () => {
    const noise = await sharp({
      create: {
        width: 2600,
        height: 1900,
        channels: 3,
        background: '#808080',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    })
      .jpeg({ quality: 95 })
      .toBuffer()
    expect(noise.length).toBeGreaterThan(3_000_000)
    const photo = await preparePhoto(noise)
    await expectLimits(photo)
    await expectNothingLeft(photo)
  })

  it('is not enlarged, and keeps at least one pixel a side', async () => {
    const strip = await sharp({ create: { width: 3000, height: 1, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    const photo = await preparePhoto(strip)
    expect({ width: photo.width, height: photo.height }).toEqual({ width: 2048, height: 1 })
    expect(fitWithin({ width: 10, height: 20 }, 2048)).toEqual({ width: 10, height: 20 })
  })

  it('shows white where it was transparent, and true colours from another profile', async () => {
    const clear = await sharp({ create: { width: 32, height: 32, channels: 4, background: '#0000' } })
      .png()
      .toBuffer()
    expect(await pixelAt((await preparePhoto(clear)).bytes, 16, 16)).toBe('white')
    const wide = await redBlue().withIccProfile('p3').png().toBuffer()
    expect(await pixelAt((await preparePhoto(wide)).bytes, 3, 10)).toBe('red')
    const sixteenBit = await redBlue().toColourspace('rgb16').png().toBuffer()
    expect(await pixelAt((await preparePhoto(sixteenBit)).bytes, 36, 10)).toBe('blue')
    const grey = await redBlue().greyscale().png().toBuffer()
    await expectLimits(await preparePhoto(grey))
  })
})

describe('refused with a code', () => {
  it('what claims more than 100 megapixels or has more than 40 MiB', async () => {
    await expectRefusal(pngBomb(65_535, 65_535), 'photo_too_large')
    await expectRefusal(pngBomb(10_001, 10_000), 'photo_too_large')
    await expectRefusal(Buffer.alloc(MAX_INPUT_BYTES + 1), 'photo_too_large')
  })

  it('what is no picture, or half of one', async () => {
    await expectRefusal(Buffer.alloc(0), 'photo_unreadable')
    await expectRefusal(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'photo_unreadable')
    await expectRefusal(pngBomb(100, 100), 'photo_unreadable')
    const jpeg = await sharp({ create: { width: 640, height: 480, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer()
    await expectRefusal(jpeg.subarray(0, jpeg.length / 2), 'photo_unreadable')
  })

  it('an encoder’s output that still carries something', async () => {
    const loaded = await loadedJpeg()
    expect(() => checkNothingBeside(loaded)).toThrow(
      expect.objectContaining({ code: 'photo_metadata' }) as PhotoError,
    )
    checkNothingBeside(await plainJpeg())
  })
})

const samples = fileURLToPath(new URL('../../../../shared/data/photos/', import.meta.url))
const present = existsSync(samples)
const photos = present ? readdirSync(samples).filter((name) => /\.(jpg|png|webp|mpo)$/.test(name)) : []

describe.skipIf(!present)(
  `real cameras' photos (${present ? 'found' : 'absent: no folder shared/data/photos'})`,
  () => {
    it.each(photos)('%s leaves with its pixels only', async (name) => {
      const bytes = readFileSync(samples + name)
      expect(findMetadata(bytes).length, 'the sample should carry something').toBeGreaterThan(0)
      const photo = await preparePhoto(bytes)
      await expectNothingLeft(photo)
      await expectLimits(photo)
    })

    it('an orientation-6 portrait stands upright', async () => {
      const photo = await preparePhoto(readFileSync(`${samples}portrait-orientation-6.jpg`))
      expect(photo.height).toBeGreaterThan(photo.width)
      const webp = await preparePhoto(readFileSync(`${samples}nikon-p7000-orientation-6.webp`))
      expect({ width: webp.width, height: webp.height }).toEqual({ width: 1536, height: 2048 })
    })

    it('an iPhone’s HEIC is refused with its own code, since this sharp has no HEVC decoder', async () => {
      await expectRefusal(readFileSync(`${samples}iphone-11-pro-exif-at-eof.heic`), 'photo_heic_unsupported')
    })
  },
)
