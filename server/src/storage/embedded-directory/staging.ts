/** Staging a snapshot beside the current generation, and comparing the two. Not concerned with swapping. */
import { DirectoryError, type Person } from '@pli/directory'
import { type Comparison, type DirectoryWriter, type StagedBatch, uniteRoles } from '@pli/directory/store'
import type { DirectoryDatabase, Statement } from './database.ts'
import {
  type GenerationRow,
  INSERT_COLUMNS,
  PERSON_COLUMNS,
  type PersonRow,
  personValues,
  readPerson,
  stagedOf,
} from './rows.ts'
import { createGenerationTables, dropGenerationTables } from './schema.ts'

type Staging = Pick<DirectoryWriter, 'staged' | 'beginStaging' | 'stage' | 'discardStaging' | 'compare'>

export function createStaging(database: DirectoryDatabase): Staging {
  const byState = database.prepare<GenerationRow>('SELECT * FROM generations WHERE state = ?')
  const newest = database.prepare<{ generation: number | null }>(
    'SELECT max(generation) AS generation FROM generations',
  )
  const insert = database.prepare(
    `INSERT INTO generations (generation, state, source, source_version, feed_position, feed_at_ms, changed_at_ms)
     VALUES (?, 'staged', ?, ?, ?, ?, ?)`,
  )
  const stageBatch = prepareStageBatch(database)
  const discard = () => {
    const former = byState.get('staged')
    if (former !== undefined) dropGenerationTables(database, former.generation)
    database.execute("DELETE FROM generations WHERE state = 'staged'; DELETE FROM set_aside;")
  }
  return {
    async staged() {
      const row = byState.get('staged')
      return row && stagedOf(row)
    },
    async beginStaging({ source, sourceVersion, feedPosition, startedAtMs }) {
      database.write(() => {
        discard()
        const generation = (newest.get()?.generation ?? 0) + 1
        createGenerationTables(database, generation)
        insert.run(generation, source, sourceVersion, feedPosition, startedAtMs, startedAtMs)
      })
    },
    async stage(batch) {
      database.stage(() => stageBatch(requireStaged(byState), batch))
    },
    async discardStaging() {
      database.write(discard)
    },
    compare: async () => compare(database, requireStaged(byState), byState.get('current')),
  }
}

export function requireStaged(byState: Statement<GenerationRow>): GenerationRow {
  const staged = byState.get('staged')
  if (staged === undefined) throw new DirectoryError('nothing-staged', 'No snapshot is staged.')
  return staged
}

function prepareStageBatch(database: DirectoryDatabase) {
  const progress = database.prepare(
    `UPDATE generations SET cursor = ?, complete = ?, rows = rows + ?, people = people + ?, roles = roles + ?,
     repeated = repeated + ? WHERE generation = ?`,
  )
  const setAside = database.prepare('INSERT INTO set_aside (kind, reason, person_id) VALUES (?, ?, ?)')
  let put: ReturnType<typeof preparePut> | undefined
  let preparedFor = 0
  return ({ generation }: GenerationRow, batch: StagedBatch): void => {
    if (put === undefined || preparedFor !== generation) put = preparePut(database, generation)
    preparedFor = generation
    const counts = { people: 0, roles: 0, repeated: 0 }
    for (const person of batch.people) put(person, counts)
    for (const { reason, personId } of batch.setAside) setAside.run('row', reason, personId ?? null)
    for (const reason of batch.refusedRoles) setAside.run('role', reason, null)
    const rows = batch.people.length + batch.setAside.length
    const { people, roles, repeated } = counts
    progress.run(batch.cursor, Number(batch.isLast), rows, people, roles, repeated, generation)
  }
}

/** Somebody who is there already is rare: the roles are united then. */
function preparePut(database: DirectoryDatabase, generation: number) {
  const table = `people_${generation}`
  const insert = database.prepare(
    `INSERT INTO ${table} (${INSERT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (person_id) DO NOTHING`,
  )
  const find = database.prepare<PersonRow>(`SELECT ${PERSON_COLUMNS} FROM ${table} WHERE person_id = ?`)
  const replace = database.prepare(
    `UPDATE ${table} SET (${INSERT_COLUMNS}) = (?, ?, ?, ?, ?, ?, ?) WHERE person_id = ?`,
  )
  return (person: Person, counts: { people: number; roles: number; repeated: number }): void => {
    if (insert.run(...personValues(person)) === 1) {
      counts.people += 1
      counts.roles += person.roles.length
      return
    }
    const earlier = find.get(person.personId)
    if (earlier === undefined) return
    const former = readPerson(earlier)
    const united = uniteRoles(former, person)
    replace.run(...personValues(united), person.personId)
    counts.repeated += 1
    counts.roles += united.roles.length - former.roles.length
  }
}

function compare(
  database: DirectoryDatabase,
  staged: GenerationRow,
  current: GenerationRow | undefined,
): Comparison {
  const found = current === undefined ? undefined : compareTables(database, staged, current)
  return {
    people: staged.people,
    roles: staged.roles,
    formerPeople: current?.people ?? 0,
    added: found?.added ?? staged.people,
    changed: found?.changed ?? 0,
    unchanged: found?.unchanged ?? 0,
    gone: found?.gone ?? 0,
    keptFormer: found?.keptFormer ?? 0,
    repeated: staged.repeated,
    setAside: countReasons(database, 'row'),
    refusedRoles: countReasons(database, 'role'),
  }
}

type Compared = Pick<Comparison, 'added' | 'changed' | 'unchanged' | 'gone' | 'keptFormer'>

function compareTables(database: DirectoryDatabase, staged: GenerationRow, current: GenerationRow): Compared {
  const [now, before] = [`people_${staged.generation}`, `people_${current.generation}`]
  const both = database
    .prepare<{ added: number; unchanged: number; people: number }>(
      `SELECT count(*) AS people, count(*) FILTER (WHERE b.person_id IS NULL OR b.gone_since_ms IS NOT NULL) AS added,
         count(*) FILTER (WHERE b.gone_since_ms IS NULL AND b.digest = n.digest) AS unchanged
       FROM ${now} n LEFT JOIN ${before} b ON b.person_id = n.person_id`,
    )
    .get()
  const missing = database
    .prepare<{ missing: number; kept: number }>(
      `SELECT count(*) AS missing,
         count(*) FILTER (WHERE b.person_id IN (SELECT person_id FROM set_aside WHERE person_id IS NOT NULL)) AS kept
       FROM ${before} b LEFT JOIN ${now} n ON n.person_id = b.person_id
       WHERE n.person_id IS NULL AND b.gone_since_ms IS NULL`,
    )
    .get()
  const { people = 0, added = 0, unchanged = 0 } = both ?? {}
  const keptFormer = missing?.kept ?? 0
  return {
    added,
    unchanged,
    changed: people - added - unchanged,
    gone: (missing?.missing ?? 0) - keptFormer,
    keptFormer,
  }
}

function countReasons(database: DirectoryDatabase, kind: 'row' | 'role'): Comparison['setAside'] {
  const rows = database
    .prepare<{ reason: keyof Comparison['setAside']; count: number }>(
      'SELECT reason, count(*) AS count FROM set_aside WHERE kind = ? GROUP BY reason',
    )
    .all(kind)
  return Object.fromEntries(rows.map(({ reason, count }) => [reason, count]))
}
