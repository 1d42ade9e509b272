/** What the browser test loads into a page and into a worker: `preparePhoto` over base64, which a driver can carry. */
import { PhotoError, preparePhoto } from '../index.ts'

export interface BrowserAnswer {
  width?: number
  height?: number
  bytes?: string
  preview?: string
  code?: string
}

async function prepareBase64(photo: string): Promise<BrowserAnswer> {
  try {
    const { width, height, bytes, preview } = await preparePhoto(fromBase64(photo))
    return { width, height, bytes: toBase64(bytes), preview: toBase64(preview) }
  } catch (error) {
    if (error instanceof PhotoError) return { code: error.code }
    throw error
  }
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

Object.assign(globalThis, { prepareBase64 })
if (typeof document === 'undefined') {
  globalThis.onmessage = async (event: MessageEvent<string>) => {
    globalThis.postMessage(await prepareBase64(event.data))
  }
}
