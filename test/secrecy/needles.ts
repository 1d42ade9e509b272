/**
 * The shapes in which a secret could lie in a file: plain, UTF-16, hexadecimal, and base64 at each of its three
 * alignments, in both alphabets. Not concerned with compressed data: `search.ts` unpacks it first.
 */

export interface Secret {
  name: string
  bytes: Uint8Array
}

/** One byte sequence to look for; `form` says what it means to have found it. */
export interface Needle {
  secret: string
  form: string
  bytes: Buffer
}

/** The characters of base64 that depend on the secret alone when `offset` other bytes stand before it. */
function base64Core(bytes: Uint8Array, offset: number): string {
  const shifted = Buffer.concat([Buffer.alloc(offset), bytes])
  const firstWhole = Math.ceil((offset * 8) / 6)
  const wholeChars = Math.floor((shifted.length * 8) / 6)
  return shifted.toString('base64').slice(firstWhole, wholeChars)
}

export function needlesOf({ name, bytes }: Secret): Needle[] {
  const plain = Buffer.from(bytes)
  const forms: [string, Buffer][] = [
    ['plain', plain],
    ['utf-16le', Buffer.from(plain.toString('latin1'), 'utf16le')],
    ['utf-16be', Buffer.from(plain.toString('latin1'), 'utf16le').swap16()],
    ['hex', Buffer.from(plain.toString('hex'))],
    ['HEX', Buffer.from(plain.toString('hex').toUpperCase())],
    ['reversed', Buffer.from(plain).reverse()],
  ]
  for (const offset of [0, 1, 2]) {
    const core = base64Core(bytes, offset)
    forms.push([`base64+${offset}`, Buffer.from(core)])
    const url = core.replaceAll('+', '-').replaceAll('/', '_')
    if (url !== core) forms.push([`base64url+${offset}`, Buffer.from(url)])
  }
  return forms.map(([form, needle]) => ({ secret: name, form, bytes: needle }))
}
