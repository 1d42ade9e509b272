/**
 * One resumable upload over tus 1.0, from bytes in memory. Not concerned with what the bytes are, nor with trying
 * again: whoever asked does that, and hands back the address it was told.
 * Source: https://tus.io/protocols/resumable-upload.
 */
import { ClientError } from '../errors.ts'

/** Small enough that a bad line loses little, and that progress is seen. */
const CHUNK_BYTES = 256 * 1024
/** Nothing sent and nothing answered for this long: the line is dead, or the relay is not interested. */
const STALL_TIMEOUT_MS = 60_000

export interface TusUpload {
  endpoint: string
  deviceToken: string
  bytes: Uint8Array
  /** Where an earlier attempt was sent; one the relay has forgotten is begun anew. */
  url?: string
  /** Before the first byte goes. */
  placed(url: string): void
  progress(uploadedBytes: number): void
}

/** Resolves to the upload's address. Throws `offline`, `unauthenticated`, `too_large`, `unavailable`; an AbortError. */
export async function uploadWithTus(request: TusUpload, signal: AbortSignal): Promise<string> {
  // Loaded when there is something to upload: it is no part of an app's first load.
  const { Upload, DetailedError } = await import('tus-js-client')
  let stall: ReturnType<typeof setTimeout> | undefined
  const uploaded = new Promise<string>((resolve, reject) => {
    const giveUp = (code: 'offline' | 'unavailable') => {
      void upload.abort()
      reject(new ClientError(code))
    }
    const stillGoing = () => {
      clearTimeout(stall)
      stall = setTimeout(() => giveUp('offline'), STALL_TIMEOUT_MS)
    }
    const upload = new Upload(new Blob([]), {
      endpoint: request.endpoint,
      uploadUrl: request.url ?? null,
      uploadSize: request.bytes.length,
      chunkSize: CHUNK_BYTES,
      retryDelays: null,
      storeFingerprintForResuming: false,
      headers: { authorization: `Bearer ${request.deviceToken}` },
      fileReader: { openFile: async () => sourceOf(request.bytes) },
      onUploadUrlAvailable: () => {
        if (upload.url === null || !isPlaceOf(request.endpoint, upload.url)) return giveUp('unavailable')
        if (upload.url !== request.url) request.placed(upload.url)
      },
      onProgress: (sent) => {
        stillGoing()
        request.progress(sent)
      },
      // A relay that takes a piece and stays where it was would be sent that piece for ever.
      onChunkComplete: (advanced) => {
        if (advanced <= 0) giveUp('unavailable')
      },
      onSuccess: () => (upload.url === null ? reject(new ClientError('unavailable')) : resolve(upload.url)),
      onError: (error) => {
        const status = error instanceof DetailedError ? error.originalResponse?.getStatus() : undefined
        reject(new ClientError(codeOf(status), { cause: error }))
      },
    })
    signal.addEventListener('abort', () => {
      void upload.abort()
      reject(new DOMException('the upload was stopped', 'AbortError'))
    })
    if (signal.aborted) return
    stillGoing()
    upload.start()
  })
  return uploaded.finally(() => clearTimeout(stall))
}

/** The device's token goes to the relay's own attachments and nowhere else, whatever the relay says. */
function isPlaceOf(endpoint: string, url: string): boolean {
  return URL.canParse(url) && new URL(url).href.startsWith(`${new URL(endpoint).href}/`)
}

/** tus reads `size` from each piece, which a plain view has not. */
function sourceOf(bytes: Uint8Array) {
  return {
    size: bytes.length,
    slice: async (start: number, end: number) => {
      const piece = bytes.subarray(start, end)
      return { value: Object.assign(piece, { size: piece.length }), done: end >= bytes.length }
    },
    close: () => {},
  }
}

function codeOf(status: number | undefined): 'offline' | 'unauthenticated' | 'too_large' | 'unavailable' {
  if (status === undefined || status === 0) return 'offline'
  if (status === 401) return 'unauthenticated'
  return status === 413 ? 'too_large' : 'unavailable'
}
