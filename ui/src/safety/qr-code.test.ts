import jsQR from 'jsqr'
import { describe, expect, it } from 'vitest'
import { drawQr } from './qr-code.tsx'

/** What a camera would see: the path's runs painted, four pixels a module, with the quiet zone. */
function photograph(bytes: Uint8Array) {
  const { path, size } = drawQr(bytes)
  const scale = 4
  const border = 4
  const side = (size + 2 * border) * scale
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255)
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let dx = 0; dx < Number(run) * scale; dx++) {
      for (let dy = 0; dy < scale; dy++) {
        const at = ((Number(y) + border) * scale + dy) * side + (Number(x) + border) * scale + dx
        pixels.fill(0, at * 4, at * 4 + 3)
      }
    }
  }
  return { pixels, side }
}

describe('the QR code of a safety number', () => {
  it('gives the scanner the very bytes, text or not', () => {
    for (const length of [1, 70, 80, 200]) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 37 + 200) % 256)
      const { pixels, side } = photograph(bytes)
      expect(jsQR(pixels, side, side)?.binaryData).toEqual([...bytes])
    }
  })
})
