/** Changes inside the current generation, with their log. Not concerned with fetching them. */
import { DirectoryError } from '@pli/directory'
import { type Applied, type PersonChange, withdrawPerson } from '@pli/directory/store'
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

export function applyChanges(
  database: DirectoryDatabase,
  changes: readonly PersonChange[],
  feedPosition: string,
  nowMs: number,
): Applied {
  const current = database.prepare<GenerationRow>("SELECT * FROM generations WHERE state = 'current'")
  return database.write(() => {
    const held = current.get()
    if (held === undefined) throw new DirectoryError('no-generation', 'No snapshot was taken in yet.')
    const apply = prepareApply(database, held.generation, nowMs)
    const counts = { added: 0, changed: 0, unchanged: 0, gone: 0 }
    for (const change of changes) counts[apply(change)] += 1
    const isAny = counts.added + counts.changed + counts.gone > 0
    database
      .prepare(
        `UPDATE generations SET feed_position = ?, feed_at_ms = ?, changed_at_ms = ?,
         sequence = (SELECT coalesce(max(sequence), 0) FROM changes_${held.generation}),
         people = people + ?, roles = roles + ? WHERE generation = ?`,
      )
      .run(
        feedPosition,
        nowMs,
        isAny ? nowMs : held.changed_at_ms,
        counts.added - counts.gone,
        apply.rolesGained(),
        held.generation,
      )
    return { version: versionOf(current.get() ?? held), ...counts }
  })
}

type Outcome = 'added' | 'changed' | 'unchanged' | 'gone'

interface FormerRow extends PersonRow {
  digest: ArrayBuffer
  roles: number
  gone_since_ms: number | null
}

function prepareApply(database: DirectoryDatabase, generation: number, nowMs: number) {
  const table = `people_${generation}`
  const find = database.prepare<FormerRow>(
    `SELECT ${PERSON_COLUMNS}, digest, roles, gone_since_ms FROM ${table} WHERE person_id = ?`,
  )
  const put = database.prepare(
    `INSERT INTO ${table} (${INSERT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (person_id) DO UPDATE
     SET (${INSERT_COLUMNS}) = (${INSERT_COLUMNS.split(', ')
       .map((column) => `excluded.${column}`)
       .join(', ')})`,
  )
  const log = database.prepare(`INSERT INTO changes_${generation} (person_id) VALUES (?)`)
  let rolesGained = 0

  function apply({ personId, person }: PersonChange): Outcome {
    const former = find.get(personId)
    const isThere = former !== undefined && former.gone_since_ms === null
    if (person === undefined && !isThere) return 'unchanged'
    const next = person ?? (former && withdrawPerson(readPerson(former), nowMs))
    if (next === undefined) return 'unchanged'
    const values = personValues(next)
    if (former?.body === values[2]) return 'unchanged'
    put.run(...values)
    log.run(personId)
    rolesGained += (person?.roles.length ?? 0) - (isThere ? former.roles : 0)
    if (person === undefined) return 'gone'
    return isThere ? 'changed' : 'added'
  }
  return Object.assign(apply, { rolesGained: () => rolesGained })
}
