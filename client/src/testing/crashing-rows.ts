/** A disk that fails like a process does: at one chosen commit, before or after it, and then altogether. Tests only. */
import type { Batch, Rows } from '../store/rows.ts'

export interface CrashPoint {
  when: 'before' | 'after'
  /** The first commit that changes all of these tables. */
  tables: readonly string[]
}

export interface CrashingRows extends Rows {
  crashAt(point: CrashPoint): void
  /** Resolves when the point was reached. From then on nothing is read or written. */
  readonly crashed: Promise<void>
}

export class Crash extends Error {
  override readonly name = 'Crash'
}

export function createCrashingRows(rows: Rows): CrashingRows {
  let point: CrashPoint | undefined
  let dead = false
  let announce = () => {}
  const crashed = new Promise<void>((resolve) => {
    announce = resolve
  })
  const alive = () => {
    if (dead) throw new Crash('the process has ended')
  }
  const die = () => {
    dead = true
    announce()
    throw new Crash('the process ends here')
  }
  return {
    crashed,
    crashAt: (chosen) => {
      point = chosen
    },
    read: async (table, keys) => {
      alive()
      return rows.read(table, keys)
    },
    list: async (table, query) => {
      alive()
      return rows.list(table, query)
    },
    count: async (table, group) => {
      alive()
      return rows.count(table, group)
    },
    apply: async (batch) => {
      alive()
      const reached = point !== undefined && touches(batch, point.tables)
      if (reached && point?.when === 'before') die()
      const applied = await rows.apply(batch)
      if (reached && applied === 'applied') die()
      return applied
    },
    raiseFence: async () => {
      alive()
      return rows.raiseFence()
    },
    close: () => rows.close(),
  }
}

function touches(batch: Batch, tables: readonly string[]): boolean {
  const changed = new Set(batch.changes.map((change) => change.table))
  return tables.every((table) => changed.has(table))
}
