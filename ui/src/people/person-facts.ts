/**
 * What is said of a person on a row: name, profession, place. Source: the directory's roles.
 * Not concerned with trust (proof, safety number), nor with drawing.
 */

import type { Language } from '@pli/client'
import type { DirectoryPerson, DirectoryRole, Place } from '@pli/protocol/wire'
import type { Speech } from '../i18n/translator.ts'

type Vouched = NonNullable<DirectoryPerson['vouched']>

/** The role one meets a person in: the first that may be practised. */
export function mainRole(person: DirectoryPerson): DirectoryRole | undefined {
  return person.roles.find((role) => role.active) ?? person.roles[0]
}

/** Place names are the reader's where the register has them. */
export function placeName(place: Place, language: Language): string {
  if (language === 'nl') return place.nl
  if (language === 'de') return place.de ?? place.fr
  return place.fr
}

export function roleTitle(speech: Speech, role: DirectoryRole): string {
  // Somebody whom the register does not have says it in their own words.
  if (role.profession === 'OTHER' && role.specialty) return role.specialty
  return speech.titleOf(role.cdHcparty) ?? speech.t(`profession.${role.profession}`)
}

/** `Dr` goes before physicians only. */
export function fullName(speech: Speech, person: DirectoryPerson): string {
  const name = `${person.firstName} ${person.lastName}`
  return mainRole(person)?.profession === 'PHYSICIAN' ? speech.t('person.doctor', { name }) : name
}

/** `Cabinet du Parc Malou, Woluwe-Saint-Pierre` */
export function roleWhere(speech: Speech, role: DirectoryRole): string {
  const place = placeName(role.place, speech.language)
  return role.organisation ? `${role.organisation}, ${place}` : place
}

/** `Pharmacien · Pharmacie Van den Berghe, Woluwe-Saint-Lambert` */
export function personLine(speech: Speech, person: DirectoryPerson): string {
  const role = mainRole(person)
  if (!role) return speech.t('profession.none')
  // Rows are cut off at their end: who answers for somebody must not be.
  const vouched = person.vouched ? [vouchedLine(speech, person.vouched)] : []
  return [roleTitle(speech, role), ...vouched, roleWhere(speech, role)].join(' · ')
}

/** Who answers for somebody who is not in the register. */
export function vouchedLine({ t }: Speech, { guarantorName }: Vouched): string {
  return guarantorName ? t('person.vouched', { name: guarantorName }) : t('person.admitted')
}

export function vouchedUntil({ t, format }: Speech, { guarantorName, untilMs }: Vouched): string {
  const date = format.date(untilMs)
  return guarantorName
    ? t('person.vouchedUntil', { name: guarantorName, date })
    : t('person.admittedUntil', { date })
}

/** Eight digits as the register writes them: 1-00047-62. */
export function writeNihii(nihii8: string): string {
  return `${nihii8.slice(0, 1)}-${nihii8.slice(1, 6)}-${nihii8.slice(6)}`
}
