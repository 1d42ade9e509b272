/**
 * A staged snapshot becomes the current generation: first those who must stay are carried over into it, in parts that
 * can be repeated; then it takes the place of the current one in one commit. Not concerned with whether it may.
 */
import { DirectoryError } from '@pli/directory'
import { type DirectoryVersion, GONE_KEPT_MS, withdrawPerson } from '@pli/directory/store'
import type { DirectoryDatabase } from './database.ts'
import {
  type GenerationRow,
  INSERT_COLUMNS,
  PERSON_COLUMNS,
  type PersonRow,
  personValues,
  readPerson,
  versionOf,
} from './rows.ts'
import { dropGenerationTables, indexSsinHmacs } from './schema.ts'
import { requireStaged } from './staging.ts'

const CARRY_AT_ONCE = 1_000

export function swap(database: DirectoryDatabase, nowMs: number): DirectoryVersion {
  const byState = database.prepare<GenerationRow>('SELECT * FROM generations WHERE state = ?')
  const staged = requireStaged(byState)
  if (staged.complete !== 1) throw new DirectoryError('nothing-staged', 'The staged snapshot is cut off.')
  const current = byState.get('current')
  if (current !== undefined) {
    keepFormer(database, staged, current, nowMs)
    withdrawGone(database, staged, current, nowMs)
  }
  database.stage(() => indexSsinHmacs(database, staged.generation))
  return database.write(() => {
    const { generation } = staged
    const former = byState.get('former')
    if (former !== undefined) dropGenerationTables(database, former.generation)
    database.execute(`
      DELETE FROM generations WHERE state = 'former';
      UPDATE generations SET state = 'former' WHERE state = 'current';
      UPDATE generations SET state = 'current', changed_at_ms = ${nowMs}, feed_at_ms = ${nowMs},
        (people, roles) = (SELECT count(*), coalesce(sum(roles), 0) FROM people_${generation} WHERE gone_since_ms IS NULL)
        WHERE generation = ${generation};
      DELETE FROM set_aside;
    `)
    const row = byState.get('current')
    if (row === undefined) throw new DirectoryError('store-unavailable', 'The generation is not there.')
    return versionOf(row)
  })
}

/** As they were: whose row could not be read, and who has been gone for less than a year. */
function keepFormer(
  database: DirectoryDatabase,
  { generation: now }: GenerationRow,
  { generation: before }: GenerationRow,
  nowMs: number,
): void {
  const keep = database.prepare(
    `INSERT INTO people_${now} (${INSERT_COLUMNS}) SELECT ${INSERT_COLUMNS} FROM people_${before}
     WHERE gone_since_ms > ? OR person_id IN (SELECT person_id FROM set_aside WHERE person_id IS NOT NULL)
     ON CONFLICT (person_id) DO NOTHING`,
  )
  database.stage(() => keep.run(nowMs - GONE_KEPT_MS))
}

function withdrawGone(
  database: DirectoryDatabase,
  { generation: now }: GenerationRow,
  { generation: before }: GenerationRow,
  nowMs: number,
): void {
  const next = database.prepare<PersonRow>(
    `SELECT ${PERSON_COLUMNS} FROM people_${before} b WHERE position > ? AND gone_since_ms IS NULL
     AND NOT EXISTS (SELECT 1 FROM people_${now} n WHERE n.person_id = b.person_id) ORDER BY position LIMIT ?`,
  )
  const insert = database.prepare(
    `INSERT INTO people_${now} (${INSERT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  for (let rows = next.all(0, CARRY_AT_ONCE); rows.length > 0; ) {
    const gone = rows.map((row) => withdrawPerson(readPerson(row), nowMs))
    database.stage(() => {
      for (const person of gone) insert.run(...personValues(person))
    })
    rows = next.all(rows.at(-1)?.position ?? 0, CARRY_AT_ONCE)
  }
}
