// Places that the country's tables do not know but people practise in (French communes, say): findable by the name
// and the postcode that the register gives.
// Not concerned with the country's own places (names/places.ts).

import type { Location } from '../model.ts'
import { extendPlaces, type Places } from '../names/places.ts'

export interface ForeignPlaces {
  add(location: Location): void
  finish(): Places
}

export function collectForeignPlaces(known: Places): ForeignPlaces {
  const foreign = new Map<string, Location>()
  return {
    add(location) {
      if (known.hasNsi(location.nsi)) return
      const key = `${location.nsi} ${location.postcode}`
      if (!foreign.has(key)) foreign.set(key, location)
    },
    finish: () => (foreign.size === 0 ? known : extendPlaces([...foreign.values()])),
  }
}
