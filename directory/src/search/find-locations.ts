// Municipalities with a postcode, by what they are called. Not concerned with who practises there.

import type { Location } from '../model.ts'
import type { PeopleIndex } from './people-index.ts'

export interface LocationQuery {
  /** a name in any language */
  readonly place?: string
  readonly postcode?: string
}

const AT_MOST = 100
/** Somebody among so many of a municipality practises at any postcode of it that anybody does. */
const PEOPLE_ASKED = 2_000

export function findLocations({ places }: PeopleIndex, { place, postcode }: LocationQuery): Location[] {
  const nsis = place === undefined ? undefined : places.find(place)?.nsis
  if (place !== undefined && nsis === undefined) return []
  const found: Location[] = []
  for (const location of places.locations()) {
    if (nsis !== undefined && !nsis.has(location.nsi)) continue
    if (postcode !== undefined && location.postcode !== postcode) continue
    found.push(location)
    if (found.length === AT_MOST) break
  }
  return found
}

/** The tables know one municipality for each postcode; a register may know others, which somebody practises in. */
export function findLocation(index: PeopleIndex, nsi: string, postcode: string): Location | undefined {
  const known = index.places.locationOf(postcode)
  if (known?.nsi === nsi) return known
  const place = index.roles.nsis.indexOf(nsi)
  if (place < 0) return undefined
  for (const ordinal of index.roles.placePeople.of(place + 1).subarray(0, PEOPLE_ASKED)) {
    const role = index
      .personAt(ordinal)
      .roles.find(({ location }) => location.nsi === nsi && location.postcode === postcode)
    if (role !== undefined) return role.location
  }
  return undefined
}
