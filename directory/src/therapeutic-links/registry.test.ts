import { beforeEach, describe, expect, it } from 'vitest'
import { addMonths, type LinkProfessional, linkKinds, linkMonths } from './model.ts'
import { createLinkRegistry, type LinkRegistry } from './registry.ts'

const nowMs = Date.UTC(2026, 10, 22)
const patient = 'patient-a'
/** A nurse who is a midwife too, at a hospital. */
const both: LinkProfessional = {
  personId: 'both',
  organisationNihii8s: ['71000077'],
  cdHcparties: ['persnurse', 'persmidwife'],
}
const gp: LinkProfessional = {
  personId: 'gp',
  organisationNihii8s: [],
  cdHcparties: ['persgeneralphysician'],
}

let registry: LinkRegistry
let drawn = 0
beforeEach(() => {
  registry = createLinkRegistry(() => `link-${drawn++}`)
})
const put = (professional = gp, kind: (typeof linkKinds)[number] = 'gp', endsAtMs?: number) =>
  registry.put({ patient, professional, kind, startsAtMs: nowMs, endsAtMs })

describe('a link', () => {
  it('lasts as long as its kind may, and not a day longer', () => {
    expect(linkMonths).toEqual({ gp: 15, pharmacist: 15, occasional_doctor: 3, emergency: 1 })
    const { endsAtMs } = put()
    expect(new Date(endsAtMs).toISOString()).toBe('2028-02-22T00:00:00.000Z')
    expect(registry.hasLink(patient, gp, endsAtMs - 1)).toBe(true)
    expect(registry.hasLink(patient, gp, endsAtMs)).toBe(false)
    expect(registry.hasLink(patient, gp, nowMs - 1)).toBe(false)
    for (const kind of linkKinds) {
      const everything = {
        ...gp,
        personId: `all-${kind}`,
        cdHcparties: ['persgeneralphysician', 'perspharmacist'],
      }
      const tooLate = addMonths(nowMs, linkMonths[kind]) + 1
      expect(() => put(everything, kind, tooLate)).toThrow(expect.objectContaining({ code: 'link-too-long' }))
      expect(() => put(everything, kind, nowMs)).toThrow(expect.objectContaining({ code: 'link-too-long' }))
      expect(() => put(everything, kind, tooLate - 1)).not.toThrow()
    }
    expect(new Date(addMonths(Date.UTC(2026, 0, 31), 1)).toISOString()).toBe('2026-02-28T00:00:00.000Z')
  })

  it('is not changed, but revoked and put anew, by its holder only', () => {
    const { linkId } = put()
    expect(() => put()).toThrow(expect.objectContaining({ code: 'link-exists' }))
    expect(registry.revoke(linkId, both)).toBe(false)
    expect(registry.revoke(linkId, gp)).toBe(true)
    expect(registry.hasLink(patient, gp, nowMs)).toBe(false)
    put()
    expect(registry.get(patient, gp, nowMs)).toHaveLength(1)
    expect(registry.hasLink('patient-b', gp, nowMs)).toBe(false)
    expect(registry.hasLink(patient, both, nowMs)).toBe(false)
  })

  it('is of a kind that the profession may hold', () => {
    expect(() => put(both, 'gp')).toThrow(expect.objectContaining({ code: 'link-kind' }))
    expect(() => put(gp, 'pharmacist')).toThrow(expect.objectContaining({ code: 'link-kind' }))
    expect(() => put(both, 'emergency')).not.toThrow()
  })
})

describe('an exclusion', () => {
  it('beats a link that was there, holds for all professions, and for nobody else', () => {
    put(both, 'emergency')
    registry.exclude(patient, { personId: 'both' })
    expect(registry.hasLink(patient, both, nowMs)).toBe(false)
    for (const cdHcparties of [['persnurse'], ['persmidwife'], ['persphysician']]) {
      expect(registry.hasExclusion(patient, { ...both, cdHcparties })).toBe(true)
    }
    expect(() => put(both, 'emergency')).toThrow(expect.objectContaining({ code: 'link-excluded' }))
    expect(registry.hasExclusion(patient, gp)).toBe(false)
    expect(registry.hasExclusion('patient-b', both)).toBe(false)
    registry.admit(patient, { personId: 'both' })
    expect(registry.hasLink(patient, both, nowMs)).toBe(true)
  })

  it('of a house is one of everybody who works there', () => {
    registry.exclude(patient, { organisationNihii8: '71000077' })
    expect(registry.hasExclusion(patient, both)).toBe(true)
    expect(registry.hasExclusion(patient, gp)).toBe(false)
  })
})
