/**
 * Prepares a photo in a browser, in a worker or in a page, with the browser's own decoder and a canvas.
 * Guarantees and steps: `prepare.ts`. Not concerned with cameras and file inputs.
 */
import { PhotoError } from './errors.ts'
import type { PhotoHeader } from './header.ts'
import { hideOrientation, type Orientation, turnSize, uprightTransform } from './orientation.ts'
import { type DecodedPhoto, fitWithin, type PreparedPhoto, prepareWith } from './prepare.ts'

type Canvas = OffscreenCanvas | HTMLCanvasElement
interface Size {
  width: number
  height: number
}

/** @throws PhotoError, all four codes */
export function preparePhoto(bytes: Uint8Array): Promise<PreparedPhoto> {
  return prepareWith(decode, bytes)
}

async function decode(bytes: Uint8Array, header: PhotoHeader, longestSide: number): Promise<DecodedPhoto> {
  const unturned = hideOrientation(bytes, header.format)
  const bitmap = await decodePixels(unturned.bytes, header)
  const size = fitWithin(turnSize(unturned.orientation, bitmap), longestSide)
  const upright = draw(bitmap, size, unturned.orientation)
  bitmap.close()
  return {
    ...size,
    async encode(wanted, quality) {
      if (wanted.width === size.width && wanted.height === size.height) return toJpeg(upright, quality)
      const smaller = draw(upright, wanted)
      try {
        return await toJpeg(smaller, quality)
      } finally {
        freeMemory(smaller)
      }
    },
    release: () => freeMemory(upright),
  }
}

async function decodePixels(bytes: Uint8Array<ArrayBuffer>, header: PhotoHeader): Promise<ImageBitmap> {
  const blob = new Blob([bytes], { type: `image/${header.format}` })
  try {
    return await createImageBitmap(blob, { imageOrientation: 'from-image' })
  } catch {
    if (header.format === 'heic') {
      throw new PhotoError('photo_heic_unsupported', 'this browser cannot decode HEIC')
    }
    throw new PhotoError('photo_unreadable', 'the picture does not decode')
  }
}

/** A canvas of `size` with the whole of `source`, turned upright. */
function draw(source: CanvasImageSource, size: Size, orientation: Orientation = 1): Canvas {
  const { width, height } = size
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d', { alpha: false }) as
    | OffscreenCanvasRenderingContext2D
    | CanvasRenderingContext2D
    | null
  if (context === null) throw new PhotoError('photo_too_large', 'no memory for the picture')
  // what is transparent becomes paper, not night
  context.fillStyle = '#fff'
  context.fillRect(0, 0, width, height)
  context.imageSmoothingQuality = 'high'
  const stored = turnSize(orientation, size)
  context.setTransform(...uprightTransform(orientation, stored))
  context.drawImage(source, 0, 0, stored.width, stored.height)
  return canvas
}

function createCanvas(width: number, height: number): Canvas {
  if (typeof OffscreenCanvas !== 'undefined') return new OffscreenCanvas(width, height)
  return Object.assign(document.createElement('canvas'), { width, height })
}

async function toJpeg(canvas: Canvas, quality: number): Promise<Uint8Array> {
  const blob = await toBlob(canvas, quality)
  if (blob === null) throw new PhotoError('photo_too_large', 'no memory for the picture')
  return new Uint8Array(await blob.arrayBuffer())
}

function toBlob(canvas: Canvas, quality: number): Promise<Blob | null> {
  if ('convertToBlob' in canvas) return canvas.convertToBlob({ type: 'image/jpeg', quality })
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
}

/** Phones keep a canvas's memory until it is collected, unless it has no size. */
function freeMemory(canvas: Canvas): void {
  canvas.width = 0
  canvas.height = 0
}
