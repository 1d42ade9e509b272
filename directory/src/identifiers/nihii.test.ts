import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatNihii, isNihiiValid, nihiiCheckDigits, parseTypedNihii, readSourceNihii } from './nihii.ts'

describe('NIHII', () => {
  it.each([
    ['12345625', 97],
    ['12345676', 89],
    ['12345648', 83],
    ['12345621', 79],
  ])('accepts %s, checked under modulus %i', (digits) => {
    expect(isNihiiValid(digits)).toBe(true)
    expect(parseTypedNihii(digits).nihii8).toBe(digits)
  })

  it('reads the published example with its qualification, however it is written', () => {
    for (const typed of [
      '18749704477',
      '1-87497-04-477',
      '1 87497 04 477',
      '1/87497/04/477',
      '1.87497.04.477',
    ]) {
      expect(parseTypedNihii(typed)).toEqual({
        nihii8: '18749704',
        nihii11: '18749704477',
        checksumValid: true,
      })
    }
  })

  it('writes it as it is printed', () => {
    expect(formatNihii('18749704477')).toBe('1-87497-04-477')
    expect(formatNihii('18749704')).toBe('1-87497-04')
  })

  it('refuses a typed number with a bad check, and keeps the same number from the authentic source', () => {
    expect(() => parseTypedNihii('18749705')).toThrow(expect.objectContaining({ code: 'nihii-checksum' }))
    expect(readSourceNihii('18749705477')).toEqual({
      nihii8: '18749705',
      nihii11: '18749705477',
      checksumValid: false,
    })
  })

  it.each(['', '1874970', '187497044', '1874970447', '1874970４', '18749704a', '1874970447712'])(
    'refuses %j',
    (typed) => {
      expect(() => parseTypedNihii(typed)).toThrow(expect.objectContaining({ code: 'nihii-format' }))
    },
  )

  it('does not repeat the number in its errors', () => {
    expect(() => parseTypedNihii('18749705')).not.toThrow(/1874/)
  })

  it('notices any single wrong digit of the number under modulus 97 alone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999_999 }),
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 1, max: 9 }),
        (n, at, by) => {
          const number = String(n).padStart(6, '0')
          const wrong = number.slice(0, at) + ((Number(number[at]) + by) % 10) + number.slice(at + 1)
          expect(nihiiCheckDigits(wrong)).not.toBe(nihiiCheckDigits(number))
        },
      ),
    )
  })
})
