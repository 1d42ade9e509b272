/** The audit trail: entries are appended and read, never changed or erased. Not concerned with how they are chained. */

export interface StoredAuditEntry {
  /** From 1, without gaps. */
  sequence: number
  atMs: number
  /** Such as `guarantee.approved`. */
  event: string
  /** `operator`, `relay`, `applicant`, or a guarantor's opaque id after `guarantor:`. */
  actor: string
  /** The opaque id of what was decided about. */
  subject: string
  /** 32 bytes in hexadecimal: over all of the above and the hash of the entry before. */
  hash: string
}

export interface AuditStore {
  last(): Promise<StoredAuditEntry | undefined>
  /** False when the sequence is taken: somebody else appended first. */
  append(entry: StoredAuditEntry): Promise<boolean>
  /** In order: the first `limit` after `sequence`. */
  read(afterSequence: number, limit: number): Promise<StoredAuditEntry[]>
}
