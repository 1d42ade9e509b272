// A register held in a list, for tests of synchronising: it can change, announce, repeat itself, lose notices, be cut off,
// and break in the middle. Not concerned with any register's own language: the connectors' tests are.

import { DirectoryError } from '../../errors.ts'
import type { Person } from '../../model.ts'
import type { ChangeBatch, DirectorySource, SnapshotBatch, SourceRow } from '../../source/source.ts'

const ROWS_AT_ONCE = 10

export class ListedRegister implements DirectorySource {
  readonly name = 'cobrha'
  version = 'v1'
  /** Added to what the snapshot announces. */
  announcesTooMany = 0
  /** Rows besides those of the people. */
  setAside: SourceRow[] = []
  /** Breaks before the batch of this number, from 0; once. */
  breaksBefore: number | undefined
  /** Snapshots that were begun behind a cursor. */
  resumedAt: string[] = []
  snapshots = 0
  fetched = 0
  readonly people = new Map<string, Person>()
  /** Ids of changed people. */
  #notices: string[] = []
  /** Notices up to here are no longer kept. */
  #forgotten = 0

  constructor(people: Iterable<Person>) {
    for (const person of people) this.people.set(person.personId, person)
  }

  change(person: Person): void {
    this.people.set(person.personId, person)
    this.#notices.push(person.personId)
  }

  remove(personId: string): void {
    this.people.delete(personId)
    this.#notices.push(personId)
  }

  /** The same notices again. */
  repeatNotices(): void {
    this.#notices.push(...this.#notices)
  }

  forgetNotices(): void {
    this.#forgotten = this.#notices.length
  }

  async *snapshot({ after }: { after?: string } = {}): AsyncIterable<SnapshotBatch> {
    this.snapshots += 1
    const [version, first = '0'] = after?.split(' ') ?? [this.version]
    if (after !== undefined) this.resumedAt.push(after)
    if (version !== this.version) throw new DirectoryError('source-snapshot-replaced', 'another version')
    const rows = [...this.#rows()]
    const feedPosition = String(this.#notices.length)
    for (let number = Number(first); ; number += 1) {
      if (number === this.breaksBefore) {
        this.breaksBefore = undefined
        throw new DirectoryError('source-unavailable', 'broken')
      }
      const isLast = (number + 1) * ROWS_AT_ONCE >= rows.length
      yield {
        version: this.version,
        totalPeople: rows.length + this.announcesTooMany,
        rows: rows.slice(number * ROWS_AT_ONCE, (number + 1) * ROWS_AT_ONCE),
        cursor: `${this.version} ${number + 1}`,
        feedPosition,
        isLast,
      }
      if (isLast) return
    }
  }

  async *changes(since: string): AsyncIterable<ChangeBatch> {
    if (Number(since) < this.#forgotten) return yield { kind: 'snapshot-needed', reason: 'gap' }
    for (let at = Number(since); at < this.#notices.length; at += ROWS_AT_ONCE) {
      const personIds = this.#notices.slice(at, at + ROWS_AT_ONCE)
      yield { kind: 'changes', personIds, position: String(at + personIds.length) }
    }
  }

  async fetchPerson(personId: string): Promise<SourceRow | undefined> {
    this.fetched += 1
    const aside = this.setAside.find((row) => row.kind === 'quarantined' && row.personId === personId)
    const person = this.people.get(personId)
    return aside ?? (person && { kind: 'person', person, refusedRoles: [] })
  }

  *#rows(): Iterable<SourceRow> {
    for (const person of this.people.values()) yield { kind: 'person', person, refusedRoles: [] }
    yield* this.setAside
  }
}
