import { describe, expect, it } from 'vitest'
import { isRppsValid, parseTypedRpps } from './rpps.ts'

describe('an RPPS number', () => {
  it('is right when its Luhn check is', () => {
    expect(isRppsValid('10000001916')).toBe(true)
    expect(isRppsValid('10000001917')).toBe(false)
    expect(isRppsValid('1000000191')).toBe(false)
  })

  it('changes its check with any digit, and with almost any exchange of two neighbours', () => {
    const right = '10000001916'
    for (let at = 0; at < right.length; at += 1) {
      const wrong = right.slice(0, at) + ((Number(right[at]) + 1) % 10) + right.slice(at + 1)
      expect(isRppsValid(wrong)).toBe(false)
    }
    expect(isRppsValid('10000001961')).toBe(false)
  })

  it('is read as it is typed, and refused with a reason', () => {
    expect(parseTypedRpps('1000 0001 916')).toBe('10000001916')
    expect(() => parseTypedRpps('1000000191')).toThrow(expect.objectContaining({ code: 'rpps-format' }))
    expect(() => parseTypedRpps('10000001917')).toThrow(expect.objectContaining({ code: 'rpps-checksum' }))
  })
})
