import type { DirectoryPerson } from '@pli/protocol/wire'
import { expect, it } from 'vitest'
import { openMemoryStore } from '../store/open-store.ts'
import { inventedConversation } from '../testing/people.ts'
import { setFavourite, watchFavourites } from './favourites.ts'

const { person } = inventedConversation()
const another: DirectoryPerson = { ...person, personId: 'p-another' as DirectoryPerson['personId'] }

it('keeps the starred in the order they were starred, in every tab', async () => {
  const store = await openMemoryStore()
  const tab = (await watchFavourites(store)).live
  expect(tab.get()).toEqual([])
  await setFavourite(store, another, true, 1)
  await setFavourite(store, person, true, 2)
  await expect.poll(() => tab.get()?.map(({ personId }) => personId)).toEqual(['p-another', person.personId])
  expect((await watchFavourites(store)).live.get()).toEqual([another, person])
})

it('keeps the place of who is starred again, and forgets who is not', async () => {
  const store = await openMemoryStore()
  await setFavourite(store, another, true, 1)
  await setFavourite(store, person, true, 2)
  await setFavourite(store, another, true, 3)
  expect((await watchFavourites(store)).live.get()?.[0]).toEqual(another)
  await setFavourite(store, another, false, 4)
  await setFavourite(store, another, false, 5)
  expect((await watchFavourites(store)).live.get()).toEqual([person])
})
