/** The browser's path in a real Chromium. Without one these tests are skipped: the journeys say how to get it. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { build, type Rollup } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, launchChromium } from '../../../test/chromium.ts'
import { findMetadata } from './metadata.ts'
import type { BrowserAnswer } from './testing/browser-entry.ts'
import {
  CANARY,
  emptyHeic,
  exifWithGps,
  insertSegments,
  loadedJpeg,
  plainJpeg,
  pngBomb,
  redBlue,
} from './testing/pictures.ts'

declare function prepareBase64(photo: string): Promise<BrowserAnswer>

function isChromiumHere(): boolean {
  try {
    findChromium()
    return true
  } catch {
    return false
  }
}

async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL('./testing/browser-entry.ts', import.meta.url))
  const outputs = (await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'photo' } },
  })) as Rollup.RollupOutput[]
  const chunk = outputs[0]?.output[0]
  if (chunk?.type !== 'chunk') throw new Error('nothing was bundled')
  return chunk.code
}

const bytesOf = (base64: string | undefined) => Buffer.from(base64 ?? '', 'base64')

async function expectNothingLeft(answer: BrowserAnswer): Promise<void> {
  expect(answer).not.toHaveProperty('code')
  for (const jpeg of [bytesOf(answer.bytes), bytesOf(answer.preview)]) {
    expect(findMetadata(jpeg)).toEqual([])
    const { exif, xmp, icc, orientation, format } = await sharp(jpeg).metadata()
    expect({ exif, xmp, icc, orientation, format }).toEqual({ format: 'jpeg' })
    expect(jpeg.includes('CANARY')).toBe(false)
  }
  expect(bytesOf(answer.bytes).length).toBeLessThanOrEqual(1_500_000)
  expect(bytesOf(answer.preview).length).toBeLessThanOrEqual(3072)
}

/** Which edge the red half is at. */
async function redEdge(answer: BrowserAnswer): Promise<string> {
  const { data, info } = await sharp(bytesOf(answer.bytes)).raw().toBuffer({ resolveWithObject: true })
  const isRed = (x: number, y: number) => (data[(y * info.width + x) * info.channels] ?? 0) > 128
  const [right, bottom] = [info.width - 3, info.height - 3]
  const middle = [Math.floor(info.width / 2), Math.floor(info.height / 2)] as const
  if (info.width > info.height) return isRed(2, middle[1]) && !isRed(right, middle[1]) ? 'left' : 'right'
  return isRed(middle[0], 2) && !isRed(middle[0], bottom) ? 'top' : 'bottom'
}

describe.skipIf(!isChromiumHere())('in Chromium', () => {
  let browser: Browser
  let page: Page
  let code: string

  beforeAll(async () => {
    code = await bundle()
    browser = await launchChromium()
    page = await browser.newPage()
    await page.addScriptTag({ content: code })
  })
  afterAll(() => browser?.close())

  const prepare = (photo: Uint8Array) =>
    page.evaluate((base64) => prepareBase64(base64), Buffer.from(photo).toString('base64'))

  it('a photo loses GPS, editors’ traces and an appended film', async () => {
    const loaded = await loadedJpeg()
    expect(loaded.includes(CANARY)).toBe(true)
    const answer = await prepare(loaded)
    await expectNothingLeft(answer)
    expect(answer).toMatchObject({ width: 40, height: 20 })
  })

  it('the same in a worker', async () => {
    const answer = await page.evaluate(
      ([source, photo]) =>
        new Promise<BrowserAnswer>((resolve, reject) => {
          const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })))
          worker.onmessage = (event: MessageEvent<BrowserAnswer>) => resolve(event.data)
          worker.onerror = (event) => reject(new Error(event.message))
          worker.postMessage(photo)
        }),
      [code, (await loadedJpeg()).toString('base64')] as const,
    )
    await expectNothingLeft(answer)
  })

  const edges = ['left', 'right', 'right', 'left', 'top', 'top', 'bottom', 'bottom']

  it.each(['jpeg', 'webp', 'png'] as const)(
    'a %s stands upright for each of the eight orientations',
    async (format) => {
      for (let orientation = 1; orientation <= 8; orientation++) {
        const photo =
          format === 'jpeg'
            ? insertSegments(await plainJpeg(), exifWithGps(orientation))
            : await redBlue().withMetadata({ orientation }).toFormat(format).toBuffer()
        const answer = await prepare(photo)
        expect(answer).toMatchObject(orientation < 5 ? { width: 40, height: 20 } : { width: 20, height: 40 })
        expect(await redEdge(answer), `orientation ${orientation}`).toBe(edges[orientation - 1])
      }
    },
  )

  it('a large photo is made to fit', async () => {
    const large = await sharp({
      create: {
        width: 3000,
        height: 2000,
        channels: 3,
        background: '#808080',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    })
      .jpeg({ quality: 90 })
      .toBuffer()
    const answer = await prepare(large)
    await expectNothingLeft(answer)
    expect(answer).toMatchObject({ width: 2048, height: 1365 })
  })

  it('refuses with a code what it cannot or must not decode', async () => {
    expect(await prepare(emptyHeic(4032, 3024))).toEqual({ code: 'photo_heic_unsupported' })
    expect(await prepare(emptyHeic(40_320, 30_240))).toEqual({ code: 'photo_too_large' })
    expect(await prepare(pngBomb(65_535, 65_535))).toEqual({ code: 'photo_too_large' })
    expect(await prepare(pngBomb(64, 64))).toEqual({ code: 'photo_unreadable' })
    expect(await prepare(Buffer.from('GIF89a'))).toEqual({ code: 'photo_unreadable' })
  })

  const heic = fileURLToPath(
    new URL('../../../../shared/data/photos/iphone-11-pro-exif-at-eof.heic', import.meta.url),
  )
  it.skipIf(!existsSync(heic))('an iPhone’s own HEIC is refused with its code', async () => {
    expect(await prepare(readFileSync(heic))).toEqual({ code: 'photo_heic_unsupported' })
  })
})
