/**
 * The bytes behind a picture on the screen. The app's policy lets no script fetch them back, so the page notes them when
 * it makes their address.
 */
import type { BrowserContext, Locator } from 'playwright-core'

declare global {
  var shownBlobs: Map<string, Blob>
}

export async function noteShownPhotos(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    globalThis.shownBlobs = new Map()
    const create = URL.createObjectURL.bind(URL)
    URL.createObjectURL = (object) => {
      const url = create(object)
      if (object instanceof Blob) globalThis.shownBlobs.set(url, object)
      return url
    }
  })
}

export async function bytesOf(image: Locator): Promise<Buffer> {
  const base64 = await image.evaluate(async (element: HTMLImageElement) => {
    const blob = globalThis.shownBlobs.get(element.src)
    const bytes = new Uint8Array((await blob?.arrayBuffer()) ?? [])
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  })
  return Buffer.from(base64, 'base64')
}
