/** The text of an HTTP answer, up to a limit: whoever answers must not be able to fill this device's memory. */
import { ClientError } from '../errors.ts'

/** A page of the directory or an account with its bundles is a hundredth of this. */
const MAX_BYTES = 4 * 1024 * 1024

/** Throws `unavailable` beyond the limit, and what `fetch` throws when the line breaks. */
export async function readBody(response: Response): Promise<string> {
  if (response.body === null) return ''
  const reader = response.body.getReader()
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  for (;;) {
    const next = await reader.read()
    if (next.done) break
    length += next.value.length
    if (length > MAX_BYTES) {
      await reader.cancel().catch(() => {})
      throw new ClientError('unavailable')
    }
    pieces.push(next.value)
  }
  return new Blob(pieces).text()
}
