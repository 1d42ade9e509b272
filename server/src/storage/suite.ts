/**
 * What every storage engine must do, as one reusable suite: an engine's own test calls `describeStorage`.
 * Not concerned with speed.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe } from 'vitest'
import type { Storage } from './interfaces.ts'
import { accountCases } from './testing/accounts.ts'
import { crashCases } from './testing/crash.ts'
import { deviceCases } from './testing/devices.ts'
import { envelopeCases } from './testing/envelopes.ts'
import { guaranteeCases } from './testing/guarantors.ts'
import { keyCases } from './testing/keys.ts'
import { smallStoreCases } from './testing/small-stores.ts'
import type { StorageEngine, StorageUnderTest } from './testing/subject.ts'

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
    guaranteeCases(subject)
    crashCases(subject)
  })
}
