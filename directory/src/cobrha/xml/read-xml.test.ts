import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DirectoryError } from '../../errors.ts'
import { createXmlReader, defaultXmlLimits, readXml } from './read-xml.ts'
import { childOf, textOf } from './walk-xml.ts'
import { element, writeXml } from './write-xml.ts'

const malformed = expect.objectContaining({ code: 'source-malformed' })
const tooLarge = expect.objectContaining({ code: 'source-too-large' })

describe('reading XML', () => {
  it('knows namespaces, whatever their prefixes', () => {
    const root = readXml(
      '<?xml version="1.0" encoding="UTF-8"?><x:a xmlns:x="urn:x"><b xmlns="urn:y" c="1">é&amp;<![CDATA[<]]></b></x:a>',
    )
    expect(root).toMatchObject({ namespace: 'urn:x', name: 'a' })
    expect(textOf(root, 'urn:y', 'b')).toBe('é&<')
    expect(childOf(root, 'urn:x', 'b')).toBeUndefined()
    expect(childOf(root, 'urn:y', 'b')?.attributes.get('c')).toBe('1')
  })

  it('reads a letter that two pieces share', () => {
    const bytes = new TextEncoder().encode('<a>Françoise</a>')
    const reader = createXmlReader()
    for (const byte of bytes) reader.write(Uint8Array.of(byte))
    expect(reader.end().text).toBe('Françoise')
  })

  it('gives back whatever was written, of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const root = readXml(writeXml(element('a', [element('b', text)], { c: text })))
        const kept = text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
        expect(root.children[0]?.text).toBe(kept)
        expect(root.attributes.get('c')).toBe(kept)
      }),
    )
  })
})

describe('hostile XML', () => {
  it.each([
    ['entities that grow', `<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>`],
    ['an entity from a file', `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`],
    ['a document type without entities', `<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>`],
    ['an entity of its own', '<a>&b;</a>'],
    ['a processing instruction', '<?xml-stylesheet href="x"?><a/>'],
    ['another encoding', '<?xml version="1.0" encoding="UTF-7"?><a/>'],
    ['an unbound prefix', '<p:a/>'],
    ['two roots', '<a/><a/>'],
    ['an attribute twice', '<a b="" b=""/>'],
    ['the same attribute by two prefixes', '<a xmlns:x="u" xmlns:y="u" x:b="" y:b=""/>'],
    ['a forbidden character', '<a>\u0001</a>'],
    ['nothing', ''],
  ])('refuses %s', (_, document) => {
    expect(() => readXml(document)).toThrow(malformed)
  })

  it('refuses bytes that are no UTF-8', () => {
    expect(() => readXml(Uint8Array.of(0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e))).toThrow(malformed)
  })

  it('refuses every beginning of a document that is not the whole of it', () => {
    const document = '<p:a xmlns:p="urn:x" b="c"><!-- d --><p:e>f&amp;</p:e></p:a>'
    for (let length = 0; length < document.length; length++)
      expect(() => readXml(document.slice(0, length))).toThrow(malformed)
  })

  it('refuses depth, breadth and attributes beyond the limits, and nothing below them', () => {
    const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth)
    const wide = (count: number): string => `<a>${'<b/>'.repeat(count - 1)}</a>`
    const attributed = (count: number): string =>
      `<a ${Array.from({ length: count }, (_, at) => `b${at}=""`).join(' ')}/>`
    const { maxDepth, maxElements, maxAttributes } = defaultXmlLimits
    for (const [make, limit] of [
      [nested, maxDepth],
      [wide, maxElements],
      [attributed, maxAttributes],
    ] as const) {
      expect(() => readXml(make(limit))).not.toThrow()
      expect(() => readXml(make(limit + 1))).toThrow(tooLarge)
    }
  })

  it.each([
    ['text', '<a>', 'x'],
    ['one attribute', '<a b="', 'x'],
    ['a comment', '<a><!-- ', 'x'],
    ['a document type', '<!DOCTYPE a [', ' '],
    ['a name', '<', 'a'],
    ['elements', '<a>', '<b>c</b>'],
    ['depth', '', '<a>'],
    ['namespaces', '<a ', 'xmlns:b="c" '],
  ])('stops a hundred megabytes of %s early, in bounded memory', (_, beginning, repeated) => {
    const reader = createXmlReader()
    const chunk = new TextEncoder().encode(repeated.repeat(Math.ceil(65_536 / repeated.length)))
    const heapBefore = process.memoryUsage().heapUsed
    let highest = 0
    let fed = 0
    const feed = (): void => {
      reader.write(new TextEncoder().encode(beginning))
      for (; fed < 100 * 1024 * 1024; fed += chunk.length) {
        reader.write(chunk)
        highest = Math.max(highest, process.memoryUsage().heapUsed)
      }
    }
    expect(feed).toThrow(expect.objectContaining({ code: expect.stringMatching(/^source-/) }))
    expect(fed).toBeLessThanOrEqual(defaultXmlLimits.maxBytes)
    expect(highest - heapBefore).toBeLessThan(150 * 1024 * 1024)
  })

  it('never fails in another way, and never quotes the document', () => {
    const document = '<p:a xmlns:p="urn:x" secret="85073003328"><p:b>85073003328</p:b></p:a>'
    fc.assert(
      fc.property(fc.nat(document.length - 1), fc.string({ maxLength: 4 }), (at, spoiled) => {
        try {
          readXml(document.slice(0, at) + spoiled + document.slice(at + 1))
        } catch (error) {
          expect(error).toBeInstanceOf(DirectoryError)
          expect(String(error)).not.toContain('8507300')
        }
      }),
    )
  })
})
