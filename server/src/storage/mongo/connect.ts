/** A connection to MongoDB, with what every store asks of it. Not concerned with what is kept there. */
import mongoose from 'mongoose'
import { RelayError } from '../../errors.ts'

const DEFAULT_DATABASE = 'pli'

export interface MongoAddress {
  /** `mongodb://` or `mongodb+srv://`, with the name of the database as its path; `pli` without one. */
  uri: string
}

/** Throws RelayError `unavailable` when the address is none, or what the engine throws. */
export async function connect({ uri }: MongoAddress): Promise<mongoose.Connection> {
  const connection = mongoose.createConnection(uri, {
    dbName: databaseOf(uri),
    autoIndex: false,
    autoCreate: false,
    bufferCommands: false,
    promoteBuffers: true,
    // An acknowledgement means durable: on the journals of a majority. What was read is too.
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: 10_000 },
    readConcern: { level: 'majority' },
    readPreference: 'primary',
    serverSelectionTimeoutMS: 5_000,
    connectTimeoutMS: 5_000,
    socketTimeoutMS: 30_000,
  })
  try {
    return await connection.asPromise()
  } catch (error) {
    await connection.close(true)
    throw error
  }
}

function databaseOf(uri: string): string {
  try {
    const { pathname } = new URL(uri.replace(/^mongodb(\+srv)?:\/\/[^/?]*/, 'http://host'))
    return decodeURIComponent(pathname.slice(1)) || DEFAULT_DATABASE
  } catch {
    throw new RelayError('unavailable', 'the database address cannot be read')
  }
}
