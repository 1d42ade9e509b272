/**
 * Makes an app's icons from the mark, at build time: `tsx scripts/make-icons.ts <public folder>`.
 * Sizes follow the web app manifest: any 192 and 512, maskable 512 (mark inside the safe 80 %), a monochrome badge, Apple's 180.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'

const PAPER = '#F3F2EF'

async function drawMark(mark: Buffer, size: number, share: number, background?: string): Promise<Buffer> {
  const inner = Math.round(size * share)
  const drawn = await sharp(mark, { density: 600 })
    .resize(inner, inner, { fit: 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .toBuffer()
  return sharp({
    create: {
      width: size,
      height: size,
      channels: 4,
      background: background ?? { r: 0, g: 0, b: 0, alpha: 0 },
    },
  })
    .composite([{ input: drawn, gravity: 'centre' }])
    .png({ compressionLevel: 9, palette: true })
    .toBuffer()
}

const target = process.argv[2]
if (target === undefined) throw new Error('name the public folder of the app')
const mark = await readFile(new URL('./mark.svg', import.meta.url))
const badge = await readFile(new URL('./badge.svg', import.meta.url))
const folder = join(target, 'icons')
await mkdir(folder, { recursive: true })
await Promise.all([
  writeFile(join(folder, 'icon-192.png'), await drawMark(mark, 192, 0.72, PAPER)),
  writeFile(join(folder, 'icon-512.png'), await drawMark(mark, 512, 0.72, PAPER)),
  writeFile(join(folder, 'maskable-512.png'), await drawMark(mark, 512, 0.55, PAPER)),
  writeFile(join(folder, 'apple-180.png'), await drawMark(mark, 180, 0.66, PAPER)),
  writeFile(join(folder, 'badge-96.png'), await drawMark(badge, 96, 0.9)),
  writeFile(join(folder, 'mark.svg'), mark),
])
