/** The recovery key on paper: what people mistype is noticed, and where. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatRecoveryKey, generateRecoveryKey, isRecoveryKeyGroup, parseRecoveryKey } from './index.ts'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const mistyped = expect.objectContaining({ code: 'recovery_key_mistyped' })
const anyKey = fc.uint8Array({ minLength: 32, maxLength: 32 })
const place = fc.record({ group: fc.nat(7), at: fc.nat(7) })

describe('a recovery key', () => {
  it('is eight groups of eight, the same for everybody', () => {
    const key = Uint8Array.from({ length: 32 }, (_, i) => i)
    expect(formatRecoveryKey(key)).toEqual([
      '000G40RX',
      '40M30E2N',
      '09185GR9',
      '38E1W81B',
      '24GK2GAX',
      'HC5RR34A',
      'D1P70X3R',
      'RFW68RQV',
    ])
    expect(() => formatRecoveryKey(key.subarray(1))).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
    expect(formatRecoveryKey(generateRecoveryKey())).not.toEqual(formatRecoveryKey(generateRecoveryKey()))
  })

  it('comes back however it is typed', () => {
    fc.assert(
      fc.property(anyKey, fc.constantFrom(' ', '-', '', '\n', ' – '), (key, between) => {
        const typed = formatRecoveryKey(key).join(between)
        expect(parseRecoveryKey(typed)).toEqual(key)
        const asRead = typed.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l')
        expect(parseRecoveryKey(`  ${asRead} `)).toEqual(key)
      }),
    )
  })

  it('is refused with any one character changed, and the group is told', () => {
    fc.assert(
      fc.property(anyKey, place, fc.constantFrom(...ALPHABET), (key, { group, at }, character) => {
        const groups = [...formatRecoveryKey(key)]
        const right = groups[group] ?? ''
        fc.pre(right[at] !== character)
        groups[group] = right.slice(0, at) + character + right.slice(at + 1)
        expect(() => parseRecoveryKey(groups.join(' '))).toThrow(mistyped)
        const wrong = groups.flatMap((text, i) => (isRecoveryKeyGroup(text, i) ? [] : [i]))
        expect(wrong).toEqual([group])
      }),
    )
  })

  it('is refused when two characters or two groups changed places', () => {
    fc.assert(
      fc.property(anyKey, place, fc.nat(7), (key, { group, at }, other) => {
        const groups = [...formatRecoveryKey(key)]
        const characters = [...(groups[group] ?? '')]
        fc.pre(characters[at] !== characters[other])
        ;[characters[at], characters[other]] = [characters[other] ?? '', characters[at] ?? '']
        groups[group] = characters.join('')
        expect(isRecoveryKeyGroup(groups[group], group)).toBe(false)
        expect(() => parseRecoveryKey(groups.join(' '))).toThrow(mistyped)
        const [first, second, ...more] = formatRecoveryKey(key)
        expect(() => parseRecoveryKey([second, first, ...more].join(' '))).toThrow(mistyped)
      }),
    )
  })

  it('is refused when groups of another key got in, and for any other text', () => {
    const [one, two] = [generateRecoveryKey(), generateRecoveryKey()].map(formatRecoveryKey)
    const mixed = [...(one ?? []).slice(0, 4), ...(two ?? []).slice(4)]
    expect(mixed.every(isRecoveryKeyGroup)).toBe(true)
    expect(() => parseRecoveryKey(mixed.join(' '))).toThrow(mistyped)
    expect(() => parseRecoveryKey((one ?? []).slice(1).join(' '))).toThrow(mistyped)
    expect(() => parseRecoveryKey(`${(one ?? []).join(' ')} 0`)).toThrow(mistyped)
    expect(() => parseRecoveryKey('0'.repeat(100_000))).toThrow(mistyped)
    fc.assert(
      fc.property(fc.uint16Array({ maxLength: 100 }), (units) => {
        const text = String.fromCharCode(...units)
        expect(() => parseRecoveryKey(text)).toThrow(mistyped)
        isRecoveryKeyGroup(text, 0)
      }),
    )
  })
})
