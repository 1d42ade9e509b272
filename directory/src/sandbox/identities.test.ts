import { describe, expect, it } from 'vitest'
import { isNihiiValid } from '../identifiers/nihii.ts'
import { isSsinValid } from '../identifiers/ssin.ts'
import { createIdentityIssuer } from './identities.ts'
import { createRandom } from './random.ts'

describe('identifiers for a country', () => {
  it('are issued once each, to the last NIHII of a first digit, and reserved ones to nobody', () => {
    const reserved = '41882323'
    const issuer = createIdentityIssuer([reserved])
    const issued: string[] = []
    for (let next = issuer.issueNihii8(4); next !== undefined; next = issuer.issueNihii8(4)) issued.push(next)
    expect(issued.length).toBeGreaterThan(380_000)
    expect(new Set(issued).size).toBe(issued.length)
    expect(issued).not.toContain(reserved)
    expect(issued.every((nihii) => nihii.startsWith('4') && isNihiiValid(nihii))).toBe(true)
    expect(issuer.issueNihii8(5)).toBeDefined()
  })

  it('are issued once each, to the last SSIN of a day, and then of other days', () => {
    const issuer = createIdentityIssuer([])
    const random = createRandom(1, 0)
    const birth = { year: 2001, month: 2, day: 3 }
    const issued = Array.from({ length: 5_000 }, () => issuer.issueSsin(random, birth, 'F', false))
    expect(new Set(issued).size).toBe(issued.length)
    expect(issued.every(isSsinValid)).toBe(true)
    expect(issued.some((ssin) => !ssin.startsWith('010203'))).toBe(true)
    expect(issued.every((ssin) => ssin.startsWith('01'))).toBe(true)
  })
})
