/** The directory's collections in one database. Not concerned with what is done with them. */
import { DirectoryError } from '@pli/directory'
import { type Connection, mongo } from 'mongoose'
import {
  type ChangeDocument,
  type PersonDocument,
  type RunDocument,
  type SetAsideDocument,
  STATE,
  type StateDocument,
} from './directory-documents.ts'
import { asRelayError } from './failures.ts'

const PEOPLE = 'directory.people.'
/** MongoDB's NamespaceNotFound. */
const NO_SUCH_COLLECTION = 26
const CHANGES = 'directory.changes.'

export interface DirectoryCollections {
  state: mongo.Collection<StateDocument>
  setAside: mongo.Collection<SetAsideDocument>
  pending: mongo.Collection<PersonDocument>
  runs: mongo.Collection<RunDocument>
  people(generation: number): mongo.Collection<PersonDocument>
  changes(generation: number): mongo.Collection<ChangeDocument>
  /** Makes the collections of a generation, empty. */
  create(generation: number): Promise<void>
  drop(generation: number): Promise<void>
  /** Generations that have collections. */
  generations(): Promise<number[]>
}

export function createCollections(connection: Connection): DirectoryCollections {
  const { db } = connection
  if (!db) throw new DirectoryError('store-unavailable', 'The database is not connected.')
  const people = (generation: number) => db.collection<PersonDocument>(`${PEOPLE}${generation}`)
  const changes = (generation: number) => db.collection<ChangeDocument>(`${CHANGES}${generation}`)
  const drop = async (generation: number) => {
    await dropIfThere(people(generation))
    await dropIfThere(changes(generation))
  }
  return {
    state: db.collection<StateDocument>('directory.state'),
    setAside: db.collection<SetAsideDocument>('directory.setAside'),
    pending: db.collection<PersonDocument>('directory.pending'),
    runs: db.collection<RunDocument>('directory.runs'),
    people,
    changes,
    drop,
    async create(generation) {
      await people(generation).createIndex({ ssinHmac: 1 }, { sparse: true })
      await people(generation).createIndex({ batch: 1 })
    },
    async generations() {
      const found = await db.listCollections({}, { nameOnly: true }).toArray()
      const names = found.map(({ name }) => name).filter((name) => name.startsWith(PEOPLE))
      return names.map((name) => Number(name.slice(PEOPLE.length)))
    },
  }
}

async function dropIfThere(collection: { drop(): Promise<unknown> }): Promise<void> {
  try {
    await collection.drop()
  } catch (error) {
    if (!(error instanceof mongo.MongoServerError) || error.code !== NO_SUCH_COLLECTION) throw error
  }
}

export async function readState({ state }: DirectoryCollections): Promise<StateDocument> {
  return (await state.findOne({ _id: STATE })) ?? { _id: STATE, lastGeneration: 0 }
}

/** Runs one operation; what the engine throws becomes DirectoryError `store-unavailable`. */
export async function guardDirectory<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DirectoryError || asRelayError(error) === error) throw error
    throw new DirectoryError('store-unavailable', 'The directory’s database does not answer.')
  }
}

/** Every method of a store, guarded. */
export function guardedDirectory<T extends object>(store: T): T {
  const entries = Object.entries(store).map(([name, method]) => [
    name,
    (...values: unknown[]) => guardDirectory(() => method(...values)),
  ])
  return Object.fromEntries(entries) as T
}
