/** What the engine's errors mean to the relay. Their messages may quote values: only their names and codes go on. */
import { mongo } from 'mongoose'
import { RelayError } from '../../errors.ts'

const DUPLICATE_KEY = 11_000

/** Runs one operation of a store; whatever the engine throws becomes RelayError `unavailable`. */
export async function guard<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asRelayError(error)
  }
}

/** Every method of a store, guarded; `unavailable` also once it is closed. */
export function guarded<T extends object>(store: T, isOpen: () => boolean): T {
  const entries = Object.entries(store).map(([name, method]) => [
    name,
    async (...values: unknown[]) => {
      if (!isOpen()) throw new RelayError('unavailable', 'the store is closed')
      return guard(() => method(...values))
    },
  ])
  return Object.fromEntries(entries) as T
}

export function asRelayError(error: unknown): unknown {
  if (error instanceof RelayError || !(error instanceof Error)) return error
  // Mongoose's own errors (cast, strict mode) are mistakes in this code; the rest is the engine or the network.
  const isEngine = error instanceof mongo.MongoError || error.name.startsWith('Mongo')
  if (!isEngine) return error
  const code = 'code' in error && typeof error.code === 'number' ? ` ${error.code}` : ''
  return new RelayError('unavailable', `storage: ${error.name}${code}`)
}

/** True when a unique index or an `_id` refused the write. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && error.code === DUPLICATE_KEY
}

/** The positions of an unordered `insertMany` that were there already; rethrows when anything else went wrong. */
export async function insertPassingOver(insert: () => Promise<unknown>): Promise<number[]> {
  try {
    await insert()
    return []
  } catch (error) {
    if (!(error instanceof mongo.MongoBulkWriteError)) throw error
    const failures = [error.writeErrors].flat()
    const isOther = failures.some(({ code }) => code !== DUPLICATE_KEY)
    if (failures.length === 0 || isOther || error.result?.getWriteConcernError()) throw error
    return failures.map(({ index }) => index)
  }
}
