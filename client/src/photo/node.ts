/**
 * Prepares a photo in Node with sharp: a hospital gateway, pharmacy software, the demo.
 * Guarantees and steps: `prepare.ts`. Only raw pixels pass between decoder and encoder, so nothing else can.
 */
import sharp from 'sharp'
import { PhotoError } from './errors.ts'
import type { PhotoHeader } from './header.ts'
import { type DecodedPhoto, MAX_INPUT_PIXELS, type PreparedPhoto, prepareWith } from './prepare.ts'

/** @throws PhotoError, all four codes */
export function preparePhoto(bytes: Uint8Array): Promise<PreparedPhoto> {
  return prepareWith(decode, bytes)
}

async function decode(bytes: Uint8Array, header: PhotoHeader, longestSide: number): Promise<DecodedPhoto> {
  const { data, info } = await decodeUpright(bytes, header, longestSide)
  const raw = { width: info.width, height: info.height, channels: info.channels }
  return {
    width: info.width,
    height: info.height,
    encode: ({ width, height }, quality) =>
      sharp(data, { raw })
        .resize({ width, height, fit: 'fill' })
        .jpeg({ quality: Math.round(quality * 100) })
        .toBuffer(),
    release() {},
  }
}

async function decodeUpright(bytes: Uint8Array, header: PhotoHeader, longestSide: number) {
  try {
    return await sharp(bytes, { limitInputPixels: MAX_INPUT_PIXELS, failOn: 'truncated' })
      .autoOrient()
      .resize({ width: longestSide, height: longestSide, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
  } catch {
    // the prebuilt sharp carries no HEVC decoder: patents
    if (header.format === 'heic') {
      throw new PhotoError('photo_heic_unsupported', 'this sharp cannot decode HEIC')
    }
    throw new PhotoError('photo_unreadable', 'the picture does not decode')
  }
}
