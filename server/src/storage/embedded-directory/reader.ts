/** Reading the directory's file, any number of processes at once. Not concerned with writing. */
import { DirectoryError, type Person } from '@pli/directory'
import type { ChangesSince, DirectoryReader, DirectoryVersion } from '@pli/directory/store'
import type { DirectoryDatabase, Statement } from './database.ts'
import { type GenerationRow, PERSON_COLUMNS, type PersonRow, readPerson, versionOf } from './rows.ts'
import { SSIN_HMAC_IN_BODY } from './schema.ts'

const READ_AT_ONCE = 1_000

export function createReader(database: DirectoryDatabase): Omit<DirectoryReader, 'close'> {
  const byState = database.prepare<GenerationRow>('SELECT * FROM generations WHERE state = ?')
  const byNumber = database.prepare<GenerationRow>(
    "SELECT * FROM generations WHERE generation = ? AND state <> 'staged'",
  )
  let prepared: { generation: number; statements: GenerationStatements } | undefined
  const current = () => byState.get('current')

  function statementsOf(generation: number): GenerationStatements {
    if (prepared?.generation !== generation) {
      prepared = { generation, statements: prepareStatements(database, generation) }
    }
    return prepared.statements
  }

  /** A generation may be dropped between two questions: asked again, about the one that came. */
  function ofCurrent<T>(ask: (held: GenerationRow, statements: GenerationStatements) => T): T | undefined {
    for (let held = current(); held !== undefined; ) {
      try {
        return ask(held, statementsOf(held.generation))
      } catch (error) {
        const now = current()
        if (now?.generation === held.generation) throw error
        held = now
      }
    }
    return undefined
  }

  return {
    async current() {
      const row = current()
      return row && versionOf(row)
    },
    readPeople: (generation) => readPeople(database, byNumber, generation),
    async changesSince(since, limit) {
      return (
        ofCurrent((held, { changes }) => readChanges(held, changes, since, limit)) ?? { kind: 'read-anew' }
      )
    },
    async personsById(personIds) {
      const rows = ofCurrent((_, { byIds }) => byIds.all(JSON.stringify(personIds))) ?? []
      return new Map(rows.map((row): [string, Person] => [row.person_id, readPerson(row)]))
    },
    async personIdBySsinHmac(ssinHmac) {
      return ofCurrent((_, { bySsin }) => bySsin.get(ssinHmac))?.person_id
    },
  }
}

interface GenerationStatements {
  byIds: Statement<PersonRow>
  bySsin: Statement<{ person_id: string }>
  changes: Statement<LoggedRow>
}

interface LoggedRow extends Partial<PersonRow> {
  sequence: number
  changed_id: string
}

function prepareStatements(database: DirectoryDatabase, generation: number): GenerationStatements {
  const people = `people_${generation}`
  return {
    byIds: database.prepare(
      `SELECT ${PERSON_COLUMNS} FROM ${people} WHERE person_id IN (SELECT value FROM json_each(?))`,
    ),
    bySsin: database.prepare(`SELECT person_id FROM ${people} WHERE ${SSIN_HMAC_IN_BODY} = ?`),
    changes: database.prepare(
      `SELECT c.sequence, c.person_id AS changed_id, p.* FROM changes_${generation} c
       LEFT JOIN ${people} p ON p.person_id = c.person_id WHERE c.sequence > ? ORDER BY c.sequence LIMIT ?`,
    ),
  }
}

function readChanges(
  held: GenerationRow,
  changes: Statement<LoggedRow>,
  since: Pick<DirectoryVersion, 'generation' | 'sequence'>,
  limit: number,
): ChangesSince {
  if (held.generation !== since.generation) return { kind: 'read-anew' }
  return {
    kind: 'changes',
    changes: changes.all(since.sequence, limit).map((row) => ({
      sequence: row.sequence,
      personId: row.changed_id,
      person: isPersonRow(row) ? readPerson(row) : undefined,
    })),
  }
}

function isPersonRow(row: LoggedRow): row is LoggedRow & PersonRow {
  return typeof row.body === 'string'
}

/** In short questions, so that no reader holds the writer's log back. */
async function* readPeople(
  database: DirectoryDatabase,
  byNumber: Statement<GenerationRow>,
  generation: number,
): AsyncIterable<readonly Person[]> {
  const isKept = () => Number.isSafeInteger(generation) && byNumber.get(generation) !== undefined
  if (!isKept()) throw generationGone()
  try {
    const next = database.prepare<PersonRow>(
      `SELECT ${PERSON_COLUMNS} FROM people_${generation} WHERE position > ? ORDER BY position LIMIT ?`,
    )
    for (let rows = next.all(0, READ_AT_ONCE); rows.length > 0; ) {
      yield rows.map(readPerson)
      rows = next.all(rows.at(-1)?.position ?? 0, READ_AT_ONCE)
    }
  } catch (error) {
    throw isKept() ? error : generationGone()
  }
}

function generationGone(): DirectoryError {
  return new DirectoryError('generation-gone', 'This generation is not kept any more.')
}
