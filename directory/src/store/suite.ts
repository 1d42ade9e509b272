// What every directory store must do, as one reusable suite: an engine's own test calls `describeDirectoryStore`.
// Not concerned with speed, nor with processes that are killed (each engine's own test).

import { afterEach, beforeEach, describe } from 'vitest'
import type { DirectoryStore } from './store.ts'
import { changeCases } from './testing/changes.ts'
import { stagingCases } from './testing/staging.ts'
import { swappingCases } from './testing/swapping.ts'

export { dumpDirectory } from './testing/canonical-dump.ts'

export interface DirectoryStoreEngine {
  /** Opens the store of this test; again while it is open: another process's view of it. */
  open(): Promise<DirectoryStore>
  /** Everything is forgotten. */
  clean(): Promise<void>
}

/** The store under test: fresh for each case. */
export interface DirectoryStoreUnderTest {
  readonly store: DirectoryStore
}

export function describeDirectoryStore(name: string, engine: DirectoryStoreEngine): void {
  describe(name, () => {
    let opened: DirectoryStore | undefined
    beforeEach(async () => {
      opened = await engine.open()
    })
    afterEach(async () => {
      await opened?.close()
      opened = undefined
      await engine.clean()
    })
    const subject: DirectoryStoreUnderTest = {
      get store() {
        if (opened === undefined) throw new Error('the store is closed')
        return opened
      },
    }
    stagingCases(subject)
    swappingCases(subject)
    changeCases(subject)
  })
}
