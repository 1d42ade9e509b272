import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Content,
  contentLimits,
  decodeContent,
  encodeContent,
  messageId,
  padContent,
  unpadContent,
} from './index.ts'

const id = messageId.parse('6f1c1c1e-6a5e-4d55-9a55-6b2a7f0e1d11')
const text: Content = {
  v: 1,
  id,
  sentAtMs: 1_700_000_000_000,
  kind: 'text',
  text: 'Bisoprolol 10 mg : jusqu’à 5 mg ?',
}

describe('content', () => {
  it('comes back as it was written', () => {
    const photo: Content = {
      v: 1,
      id,
      sentAtMs: 1,
      kind: 'photo',
      attachment: {
        attachmentId: 'ab'.repeat(16) as never,
        key: new Uint8Array(32).fill(7),
        digest: new Uint8Array(32).fill(9),
        plaintextBytes: 1000,
        ciphertextBytes: 2000,
      },
      mime: 'image/jpeg',
      width: 1600,
      height: 1200,
      caption: 'talon gauche',
      preview: Uint8Array.of(0xff, 0xd8),
    }
    for (const value of [text, photo])
      expect(decodeContent(encodeContent(value))).toEqual({ ok: true, content: value })
  })

  it('hides its length in blocks of 160 bytes', () => {
    expect(encodeContent(text).length % 160).toBe(159)
    expect(encodeContent({ ...text, text: 'a' }).length).toBe(encodeContent({ ...text, text: 'abc' }).length)
  })

  it('refuses to encode what a recipient would refuse', () => {
    expect(() => encodeContent({ ...text, text: 'x'.repeat(contentLimits.textChars + 1) })).toThrow()
  })

  it('tells a kind or version of the future from garbage', () => {
    const future = { v: 1, id, sentAtMs: 5, kind: 'posology', dose: '5 mg' }
    const later = { ...text, v: 2 }
    for (const value of [future, later]) {
      const padded = padContent(new TextEncoder().encode(JSON.stringify(value)))
      expect(decodeContent(padded)).toMatchObject({ ok: false, reason: 'unsupported', id })
    }
    const brokenText = padContent(new TextEncoder().encode(JSON.stringify({ ...text, text: 5 })))
    expect(decodeContent(brokenText)).toEqual({ ok: false, reason: 'malformed' })
  })

  it('never throws, whatever a peer sends', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void decodeContent(bytes)))
    fc.assert(
      fc.property(fc.json(), (json) => void decodeContent(padContent(new TextEncoder().encode(json)))),
    )
  })
})

describe('padding', () => {
  it('is undone exactly, also when the text ends in zeros or in the terminator', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (plain) => {
        const padded = padContent(plain)
        expect(padded.length % 160).toBe(159)
        expect(unpadContent(padded)).toEqual(plain)
      }),
    )
  })

  it('is refused without its terminator', () => {
    expect(unpadContent(new Uint8Array(159))).toBeUndefined()
    expect(unpadContent(new Uint8Array(0))).toBeUndefined()
  })
})
