/**
 * Links and exclusions, kept in memory: put, get, revoke, has. There is no update: a link is revoked and put anew. An
 * exclusion beats every link of that person, whatever they practise, and whichever came first.
 * Not concerned with who may ask, nor with national numbers: patients are opaque keys.
 */
import { DirectoryError } from '../errors.ts'
import {
  addMonths,
  type Excluded,
  type LinkKind,
  type LinkProfessional,
  linkMonths,
  mayHold,
  type PatientKey,
  type TherapeuticLink,
} from './model.ts'

export interface NewLink {
  patient: PatientKey
  professional: LinkProfessional
  kind: LinkKind
  startsAtMs: number
  /** absent: as long as its kind may last */
  endsAtMs?: number | undefined
}

export interface LinkRegistry {
  /** @throws DirectoryError `link-too-long`, `link-exists`, `link-kind`, `link-excluded` */
  put(link: NewLink): TherapeuticLink
  /** the professional's own, today's */
  get(patient: PatientKey, professional: LinkProfessional, atMs: number): TherapeuticLink[]
  /** false if there is no such link of theirs */
  revoke(linkId: string, professional: LinkProfessional): boolean
  /** false while they are excluded */
  hasLink(patient: PatientKey, professional: LinkProfessional, atMs: number): boolean
  exclude(patient: PatientKey, excluded: Excluded): void
  admit(patient: PatientKey, excluded: Excluded): void
  hasExclusion(patient: PatientKey, professional: LinkProfessional): boolean
}

/** @param drawId an id that nobody can guess */
export function createLinkRegistry(drawId: () => string): LinkRegistry {
  const links = new Map<string, TherapeuticLink>()
  const exclusions = new Set<string>()
  const hasExclusion = (patient: PatientKey, { personId, organisationNihii8s }: LinkProfessional) =>
    exclusions.has(keyOf(patient, { personId })) ||
    organisationNihii8s.some((organisationNihii8) => exclusions.has(keyOf(patient, { organisationNihii8 })))
  const get = (patient: PatientKey, { personId }: LinkProfessional, atMs: number) =>
    [...links.values()].filter(
      (link) =>
        link.patient === patient &&
        link.personId === personId &&
        link.startsAtMs <= atMs &&
        atMs < link.endsAtMs,
    )
  return {
    put({ patient, professional, kind, startsAtMs, endsAtMs = addMonths(startsAtMs, linkMonths[kind]) }) {
      if (!mayHold(professional, kind)) refuse('link-kind', 'This profession holds no links of this kind.')
      const isPeriod = startsAtMs < endsAtMs && endsAtMs <= addMonths(startsAtMs, linkMonths[kind])
      if (!isPeriod) refuse('link-too-long', `A link of this kind lasts ${linkMonths[kind]} months at most.`)
      if (hasExclusion(patient, professional))
        refuse('link-excluded', 'The patient excluded this professional.')
      if (get(patient, professional, startsAtMs).some((link) => link.kind === kind)) {
        refuse('link-exists', 'There is such a link: it is revoked before another is put.')
      }
      const link = { linkId: drawId(), patient, personId: professional.personId, kind, startsAtMs, endsAtMs }
      links.set(link.linkId, link)
      return link
    },
    get,
    revoke(linkId, { personId }) {
      return links.get(linkId)?.personId === personId && links.delete(linkId)
    },
    hasLink: (patient, professional, atMs) =>
      !hasExclusion(patient, professional) && get(patient, professional, atMs).length > 0,
    exclude: (patient, excluded) => void exclusions.add(keyOf(patient, excluded)),
    admit: (patient, excluded) => void exclusions.delete(keyOf(patient, excluded)),
    hasExclusion,
  }
}

function refuse(
  code: 'link-too-long' | 'link-exists' | 'link-kind' | 'link-excluded',
  message: string,
): never {
  throw new DirectoryError(code, message)
}

const keyOf = (patient: PatientKey, excluded: Excluded): string => JSON.stringify([patient, excluded])
