// The one error class of this package. Codes are stable; messages are for developers and carry nothing of a
// person: no identifier, no name, no query.

export type DirectoryErrorCode =
  | 'nihii-format'
  | 'nihii-checksum'
  | 'ssin-format'
  | 'ssin-checksum'
  | 'cbe-format'
  | 'cbe-checksum'
  | 'rpps-format'
  | 'rpps-checksum'
  | 'ssin-key-too-short'
  | 'query-too-long'
  | 'paging-out-of-range'
  | 'duplicate-person'
  | 'sandbox-too-large'
  | 'link-too-long'
  | 'link-exists'
  | 'link-kind'
  | 'link-excluded'
  | 'generation-gone'
  | 'nothing-staged'
  | 'no-generation'
  | 'sync-running'
  | 'store-unavailable'
  | SourceErrorCode

export type SourceErrorCode =
  /** no connection, no answer in time, or 5xx after all tries */
  | 'source-unavailable'
  /** our certificate or token was refused, or theirs */
  | 'source-unauthorised'
  /** not what was agreed: wrong shape, wrong namespace, cut off */
  | 'source-malformed'
  /** larger or deeper than anything honest */
  | 'source-too-large'
  /** it said no; `operatorDetail` may say why */
  | 'source-refused'
  /** a snapshot that was begun is no longer offered */
  | 'source-snapshot-replaced'
  // Questions that the AddressBook would refuse: they are not sent.
  | 'criteria-format'
  | 'criteria-choice'
  | 'criteria-combination'
  | 'criteria-profession'
  | 'criteria-paging'
  | 'criteria-max-elements'

export class DirectoryError extends Error {
  readonly code: DirectoryErrorCode
  /** what a register's own message said, without what was asked for: for the operator's log, never for a person */
  readonly operatorDetail?: string

  constructor(code: DirectoryErrorCode, message: string, operatorDetail?: string) {
    super(message)
    this.name = 'DirectoryError'
    this.code = code
    if (operatorDetail !== undefined) this.operatorDetail = operatorDetail
  }
}
