/**
 * What every storage engine must do, as one reusable suite: an engine's own test calls `describeStorage`.
 * Not concerned with speed.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe } from 'vitest'
import type { Storage } from './interfaces.ts'
import { accountCases } from './suite/accounts.ts'
import { crashCases } from './suite/crash.ts'
import { deviceCases } from './suite/devices.ts'
import { envelopeCases } from './suite/envelopes.ts'
import { keyCases } from './suite/keys.ts'
import { smallStoreCases } from './suite/small-stores.ts'

export interface StorageEngine {
  /** Opens the store that lives in this folder, creating it when the folder is empty. */
  open(folder: string): Promise<Storage>
  /** URL of a module that exports the same `open`: another process opens the store with it, and is killed. */
  module: string
}

/** The store under test: fresh for each case, and can be closed and opened again. */
export interface StorageUnderTest {
  readonly storage: Storage
  readonly folder: string
  readonly engine: StorageEngine
  close(): Promise<void>
  reopen(): Promise<void>
}

export function describeStorage(name: string, engine: StorageEngine): void {
  describe(name, () => {
    let folder = ''
    let storage: Storage | undefined
    const close = async () => {
      await storage?.close()
      storage = undefined
    }
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'pli-storage-'))
      storage = await engine.open(folder)
    })
    afterEach(async () => {
      await close()
      await rm(folder, { recursive: true, force: true })
    })
    const subject: StorageUnderTest = {
      get storage() {
        if (!storage) throw new Error('the store is closed')
        return storage
      },
      get folder() {
        return folder
      },
      engine,
      close,
      reopen: async () => {
        await close()
        storage = await engine.open(folder)
      },
    }
    accountCases(subject)
    deviceCases(subject)
    keyCases(subject)
    envelopeCases(subject)
    smallStoreCases(subject)
    crashCases(subject)
  })
}
