/**
 * People kept at hand, as the directory had them when they were starred: a live value, the same in every tab.
 * Not concerned with those one wrote to last: the inbox knows them. What is shown may be old; who writes to somebody
 * asks the relay afresh.
 */
import type { DirectoryPerson } from '@pli/protocol/wire'
import type { Live } from '../api.ts'
import { createLive } from '../live/live-value.ts'
import type { RecordStore } from '../store/record-store.ts'

export interface FavouriteRecord {
  person: DirectoryPerson
}

/** The one who was starred first comes first: a list that keeps its order is found blindly. */
export async function watchFavourites(
  store: RecordStore,
): Promise<{ live: Live<DirectoryPerson[]>; stop(): void }> {
  const read = async () => (await store.list('favourites')).map(({ value }) => value.person)
  const live = createLive(await read())
  const stop = store.onChange((changes) => {
    if (!changes.some(({ table }) => table === 'favourites')) return
    // Closed while reading: there is nobody left to tell.
    read().then(live.set, () => {})
  })
  return { live, stop }
}

/** Starring somebody again keeps their place. */
export async function setFavourite(
  store: RecordStore,
  person: DirectoryPerson,
  isFavourite: boolean,
  nowMs: number,
): Promise<void> {
  const { personId } = person
  await store.transact(async (transaction) => {
    const known = await transaction.get('favourites', personId)
    if (!isFavourite) transaction.remove('favourites', personId)
    else if (known === undefined) transaction.put('favourites', personId, { person }, { order: nowMs })
  })
}
