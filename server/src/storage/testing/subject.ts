/** What the storage suite is given. */
import type { Storage } from '../interfaces.ts'

export interface StorageEngine {
  /** Opens the store that lives in this folder, creating it when the folder is empty. */
  open(folder: string): Promise<Storage>
  /** URL of a module that exports the same `open`: another process opens the store with it, and is killed. */
  module: string
  /** How much the crash case waits for before it kills; fewer where the engine in the tests is slow. */
  reportsBeforeKill?: number
}

/** The store under test: fresh for each case, and can be closed and opened again. */
export interface StorageUnderTest {
  readonly storage: Storage
  readonly folder: string
  readonly engine: StorageEngine
  close(): Promise<void>
  reopen(): Promise<void>
}
