/**
 * The invented patients of the sandbox's service of therapeutic links, and how a patient is named: by an HMAC of the
 * national number under a key that the service gives to whoever asks, so that no number travels. The key is no secret
 * from the service nor from any client: whoever has both key and name can try all numbers.
 */
import { createHmac } from 'node:crypto'
import type { LinkKind, LinkRegistry } from '@pli/directory/therapeutic-links'
import { findProfessional } from './professionals.ts'

export interface SandboxPatient {
  /** checksum right, and nobody's */
  ssin: string
  about: string
  links: { registerId: string; kind: LinkKind }[]
  /** people by the register's id, houses by their NIHII */
  excludes: Excluded[]
}

export type Excluded = { registerId: string } | { organisationNihii8: string }

export const sandboxPatients: readonly SandboxPatient[] = [
  {
    ssin: '50010198146',
    about: 'linked with Nathalie Van den Berghe, Anne-Sophie Lemaire and Kévin Oulad-Haddou',
    links: [
      { registerId: 'demo-nathalie', kind: 'pharmacist' },
      { registerId: 'demo-anne-sophie', kind: 'gp' },
      { registerId: 'demo-kevin', kind: 'emergency' },
    ],
    excludes: [],
  },
  {
    ssin: '62051797348',
    about: 'linked with Anne-Sophie Lemaire, and excludes her: the exclusion beats the link',
    links: [{ registerId: 'demo-anne-sophie', kind: 'gp' }],
    excludes: [{ registerId: 'demo-anne-sophie' }],
  },
  {
    ssin: '71123097291',
    about: 'linked with nobody, and excludes Kévin Oulad-Haddou',
    links: [],
    excludes: [{ registerId: 'demo-kevin' }],
  },
  {
    ssin: '84022998421',
    about:
      'linked with nobody, and excludes the Cliniques Sainte-Aldegonde: Émilie Dujardin and all who work there',
    links: [],
    excludes: [{ organisationNihii8: '71042107' }],
  },
]

export function blind(ssin: string, key: Uint8Array): string {
  return createHmac('sha256', key).update(ssin).digest('base64url')
}

export function fillRegistry(registry: LinkRegistry, key: Uint8Array, nowMs: number): void {
  for (const { ssin, links, excludes } of sandboxPatients) {
    const patient = blind(ssin, key)
    for (const { registerId, kind } of links) {
      registry.put({ patient, professional: findProfessional({ registerId }), kind, startsAtMs: nowMs })
    }
    for (const excluded of excludes) registry.exclude(patient, toExcluded(excluded))
  }
}

/** A person is excluded whatever they practise. */
export function toExcluded(excluded: Excluded): Parameters<LinkRegistry['exclude']>[1] {
  return 'registerId' in excluded ? { personId: findProfessional(excluded).personId } : excluded
}
