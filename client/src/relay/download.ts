/**
 * An attachment's ciphertext as a stream. Not concerned with resuming (`attachments/download-photo.ts`), nor with
 * what the bytes are: they are worth nothing until decrypted and compared with the digest.
 */
import { refusal } from '@pli/protocol/wire'
import { ClientError } from '../errors.ts'
import { readBody } from './read-body.ts'
import { refused } from './refusals.ts'

/** Silence after which a download counts as broken. */
const STALL_TIMEOUT_MS = 30_000

export async function* downloadFrom(
  url: string,
  token: string,
  options: { offset?: number; signal?: AbortSignal } = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const offset = options.offset ?? 0
  const stall = new AbortController()
  const signal = options.signal === undefined ? stall.signal : AbortSignal.any([options.signal, stall.signal])
  let timer = setTimeout(() => stall.abort(), STALL_TIMEOUT_MS)
  try {
    const response = await fetch(url, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(offset > 0 ? { range: `bytes=${offset}-` } : {}),
      },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal,
    })
    await checkResponse(response, offset)
    if (response.body === null) throw new ClientError('unavailable')
    const reader = response.body.getReader()
    for (;;) {
      const next = await reader.read()
      if (next.done) return
      clearTimeout(timer)
      timer = setTimeout(() => stall.abort(), STALL_TIMEOUT_MS)
      yield next.value
    }
  } catch (cause) {
    if (cause instanceof ClientError || options.signal?.aborted) throw cause
    throw new ClientError('offline', { cause })
  } finally {
    clearTimeout(timer)
    // A reader that stopped early must not leave the rest of the body coming.
    stall.abort()
  }
}

async function checkResponse(response: Response, offset: number): Promise<void> {
  if (response.status === (offset > 0 ? 206 : 200)) return
  if (response.status === 404 || response.status === 410) throw new ClientError('attachment_gone')
  const parsed = refusal.safeParse(parseJson(await readBody(response)))
  throw parsed.success ? refused(parsed.data, Date.now()) : new ClientError('unavailable')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
