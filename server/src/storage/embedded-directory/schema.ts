/**
 * The tables of `directory.db`: what is about the whole, and a pair of tables for each generation, made when a snapshot
 * is staged and dropped when two newer ones have come. Not concerned with queries.
 */
import { DirectoryError } from '@pli/directory'
import type { DirectoryDatabase } from './database.ts'

const SCHEMA_VERSION = 1

const SCHEMA = `
  -- The generations that can be read, and the one that is staged. Counts leave out who is kept although gone.
  CREATE TABLE generations (
    generation INTEGER PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('staged', 'current', 'former')),
    source TEXT NOT NULL,
    source_version TEXT NOT NULL,
    feed_position TEXT NOT NULL,
    feed_at_ms INTEGER NOT NULL,
    sequence INTEGER NOT NULL DEFAULT 0,
    people INTEGER NOT NULL DEFAULT 0,
    roles INTEGER NOT NULL DEFAULT 0,
    changed_at_ms INTEGER NOT NULL,
    cursor TEXT,
    complete INTEGER NOT NULL DEFAULT 0,
    rows INTEGER NOT NULL DEFAULT 0,
    repeated INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE UNIQUE INDEX one_current ON generations (state);

  -- Of the staged snapshot: rows and roles that could not be taken, and whose they are if that could be read.
  CREATE TABLE set_aside (kind TEXT NOT NULL, reason TEXT NOT NULL, person_id TEXT) STRICT;

  -- Counts and codes for the operator.
  CREATE TABLE runs (run INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, report TEXT NOT NULL) STRICT;
`

/** Throws DirectoryError `store-unavailable` when a newer version wrote the file. */
export function prepareSchema(database: DirectoryDatabase): void {
  const read = database.prepare<{ user_version: number }>('PRAGMA user_version')
  if ((read.get()?.user_version ?? 0) === 0) {
    database.write(() => {
      // Another process may have been first.
      if ((read.get()?.user_version ?? 0) > 0) return
      database.execute(`${SCHEMA}; PRAGMA user_version = ${SCHEMA_VERSION}`)
    })
  }
  if ((read.get()?.user_version ?? 0) > SCHEMA_VERSION) {
    throw new DirectoryError('store-unavailable', 'The directory was written by a newer version.')
  }
}

/** Inside a transaction. `body` as @pli/directory/store encodes it. */
export function createGenerationTables(database: DirectoryDatabase, generation: number): void {
  database.execute(`
    CREATE TABLE people_${generation} (
      position INTEGER PRIMARY KEY,
      person_id TEXT NOT NULL UNIQUE,
      digest BLOB NOT NULL,
      body TEXT NOT NULL,
      source TEXT NOT NULL,
      source_version TEXT NOT NULL,
      roles INTEGER NOT NULL,
      gone_since_ms INTEGER
    ) STRICT;
    CREATE TABLE changes_${generation} (sequence INTEGER PRIMARY KEY, person_id TEXT NOT NULL) STRICT;
  `)
}

/** Where `encodePerson` puts the look-up value of the SSIN. */
export const SSIN_HMAC_IN_BODY = "json_extract(body, '$[4]')"

/** Made when everybody is staged: building it once is quicker than keeping it up to date. */
export function indexSsinHmacs(database: DirectoryDatabase, generation: number): void {
  database.execute(
    `CREATE INDEX IF NOT EXISTS people_${generation}_by_ssin ON people_${generation} (${SSIN_HMAC_IN_BODY})`,
  )
}

export function dropGenerationTables(database: DirectoryDatabase, generation: number): void {
  database.execute(`DROP TABLE IF EXISTS people_${generation}; DROP TABLE IF EXISTS changes_${generation};`)
}
