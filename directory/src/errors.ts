// The one error class of this package. Codes are stable; messages are for developers and carry nothing of a
// person: no identifier, no name, no query.

export type DirectoryErrorCode =
  | 'nihii-format'
  | 'nihii-checksum'
  | 'ssin-format'
  | 'ssin-checksum'
  | 'cbe-format'
  | 'cbe-checksum'
  | 'ssin-key-too-short'
  | 'query-too-long'
  | 'paging-out-of-range'
  | 'duplicate-person'
  | 'sandbox-too-large'

export class DirectoryError extends Error {
  readonly code: DirectoryErrorCode

  constructor(code: DirectoryErrorCode, message: string) {
    super(message)
    this.name = 'DirectoryError'
    this.code = code
  }
}
