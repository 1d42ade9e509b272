import { describe, expect, it } from 'vitest'
import { formatSsin, isSsinValid, parseTypedSsin, readSourceSsin, ssinCheckDigits } from './ssin.ts'
import { computeSsinHmac } from './ssin-lookup.ts'

const key = new Uint8Array(32).fill(7)

describe('SSIN', () => {
  it('accepts people of both centuries and says which', () => {
    expect(parseTypedSsin('85.07.30-033.28')).toEqual({
      ssin: '85073003328',
      isBis: false,
      bornFrom2000: false,
    })
    expect(parseTypedSsin('17.07.30-033.84')).toEqual({
      ssin: '17073003384',
      isBis: false,
      bornFrom2000: true,
    })
  })

  it('accepts BIS numbers with the month raised by 20 or 40', () => {
    expect(parseTypedSsin('85473003317')).toMatchObject({ isBis: true, bornFrom2000: false })
    expect(parseTypedSsin('85273003371').isBis).toBe(true)
    expect(parseTypedSsin('01451200401')).toMatchObject({ isBis: true, bornFrom2000: true })
  })

  it('accepts unknown months and days, and a check of 97', () => {
    expect(isSsinValid(`400000955${ssinCheckDigits('400000955', false)}`)).toBe(true)
    expect(isSsinValid('50010105797')).toBe(true)
  })

  it('refuses what a person mistypes, and keeps it from the authentic source', () => {
    expect(() => parseTypedSsin('85073003329')).toThrow(expect.objectContaining({ code: 'ssin-checksum' }))
    expect(() => parseTypedSsin('85037003328')).toThrow(expect.objectContaining({ code: 'ssin-format' }))
    expect(() => parseTypedSsin('8507300332')).toThrow(expect.objectContaining({ code: 'ssin-format' }))
    expect(readSourceSsin('85073003329')).toEqual({ ssin: '85073003329', checksumValid: false })
  })

  it('does not repeat the number in its errors', () => {
    expect(() => parseTypedSsin('85073003329')).not.toThrow(/8507/)
  })

  it('writes it for the eyes of its owner', () => {
    expect(formatSsin('85073003328')).toBe('85.07.30-033.28')
  })
})

describe('looking up by SSIN', () => {
  it('gives the same value for the same number and key only', () => {
    const value = computeSsinHmac(key, '85073003328')
    expect(value).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(computeSsinHmac(key, '85073003328')).toBe(value)
    expect(computeSsinHmac(key, '17073003384')).not.toBe(value)
    expect(computeSsinHmac(new Uint8Array(32).fill(8), '85073003328')).not.toBe(value)
  })

  it('refuses a key that could be guessed', () => {
    expect(() => computeSsinHmac(new Uint8Array(31), '85073003328')).toThrow(
      expect.objectContaining({ code: 'ssin-key-too-short' }),
    )
  })
})
