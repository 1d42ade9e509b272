/**
 * The directory's store in two files of the data folder: `directory.db`, and beside it the lock of whoever writes.
 * Not concerned with accounts or envelopes: those are in a file of their own, which one relay holds alone.
 */
import { join } from 'node:path'
import type { DirectoryStore, DirectoryWriter, RecordedRun } from '@pli/directory/store'
import { applyChanges } from './changes.ts'
import { type DirectoryDatabase, openDirectoryDatabase } from './database.ts'
import { createReader } from './reader.ts'
import type { GenerationRow } from './rows.ts'
import { prepareSchema } from './schema.ts'
import { createStaging } from './staging.ts'
import { swap } from './swapping.ts'
import { takeWriterLock } from './writer-lock.ts'

const RUNS_KEPT = 50

/** The folder must exist. Throws DirectoryError `store-unavailable`. */
export async function openEmbeddedDirectory(dataDir: string): Promise<DirectoryStore> {
  const database = openDirectoryDatabase(join(dataDir, 'directory.db'))
  try {
    prepareSchema(database)
    return {
      ...createReader(database),
      openWriter: async () => createWriter(database, takeWriterLock(join(dataDir, 'directory.lock'))),
      close: async () => database.close(),
    }
  } catch (error) {
    database.close()
    throw error
  }
}

function createWriter(database: DirectoryDatabase, letGo: () => void): DirectoryWriter {
  const current = database.prepare<GenerationRow>("SELECT * FROM generations WHERE state = 'current'")
  return {
    ...createStaging(database),
    swap: async (nowMs) => swap(database, nowMs),
    applyChanges: async (changes, feedPosition, nowMs) =>
      applyChanges(database, changes, feedPosition, nowMs),
    async feedPosition() {
      const row = current.get()
      return row && { position: row.feed_position, atMs: row.feed_at_ms }
    },
    recordRun: async (run) => recordRun(database, run),
    recordedRuns: async () => readRuns(database),
    close: async () => letGo(),
  }
}

function recordRun(database: DirectoryDatabase, { atMs, report }: RecordedRun): void {
  database.write(() => {
    database.prepare('INSERT INTO runs (at_ms, report) VALUES (?, ?)').run(atMs, JSON.stringify(report))
    database.execute(`DELETE FROM runs WHERE run <= (SELECT max(run) FROM runs) - ${RUNS_KEPT}`)
  })
}

function readRuns(database: DirectoryDatabase): RecordedRun[] {
  return database
    .prepare<{ at_ms: number; report: string }>('SELECT at_ms, report FROM runs ORDER BY run DESC')
    .all()
    .map(({ at_ms, report }) => ({ atMs: at_ms, report: JSON.parse(report) as RecordedRun['report'] }))
}
