/** What IndexedDB throws, as this package's codes. Not concerned with trying again. */
import { ClientError } from '../errors.ts'

/**
 * Throws `storage_full`, `locked` (the database was closed), `unavailable` (it is of a newer version), else
 * `storage_damaged`; a ClientError as it is.
 */
export async function guardIndexedDb<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof ClientError) throw cause
    const name = cause instanceof Error || cause instanceof DOMException ? cause.name : ''
    if (name === 'QuotaExceededError') throw new ClientError('storage_full', { cause })
    if (name === 'InvalidStateError') throw new ClientError('locked', { cause })
    // A newer version of this app has been here, in another tab: a reload brings that version.
    if (name === 'VersionError') throw new ClientError('unavailable', { cause })
    throw new ClientError('storage_damaged', { cause })
  }
}
