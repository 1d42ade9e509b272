import { describe, expect, it } from 'vitest'
import { formatCbe, isCbeValid, parseTypedCbe, readSourceCbe } from './cbe.ts'

describe('CBE', () => {
  it.each(['0809394427', '0314595348', '0206731645'])('accepts the published number %s', (digits) => {
    expect(isCbeValid(digits)).toBe(true)
  })

  it('reads it as people write it, the older nine digits too', () => {
    for (const typed of ['0809.394.427', 'BE 0809.394.427', 'be0809394427', '809 394 427']) {
      expect(parseTypedCbe(typed)).toBe('0809394427')
    }
    expect(formatCbe('0809394427')).toBe('0809.394.427')
  })

  it('refuses what a person mistypes, and keeps it from the authentic source', () => {
    expect(() => parseTypedCbe('0809394428')).toThrow(expect.objectContaining({ code: 'cbe-checksum' }))
    expect(() => parseTypedCbe('2809394427')).toThrow(expect.objectContaining({ code: 'cbe-format' }))
    expect(() => parseTypedCbe('pharmacie')).toThrow(expect.objectContaining({ code: 'cbe-format' }))
    expect(readSourceCbe('0809394428')).toEqual({ cbe: '0809394428', checksumValid: false })
  })
})
