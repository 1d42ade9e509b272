import { afterEach, describe, expect, it } from 'vitest'
import { openRecordStore } from '../store/open-store.ts'
import { put } from '../store/record-store.ts'
import { createMemoryDisk, openMemoryRows } from '../store/rows-memory.ts'
import { createInProcessLocks } from './in-process-locks.ts'
import type { LockHolder, Locks } from './locks.ts'
import { createOwner, type Owner } from './owner.ts'
import { createWebLocks } from './web-locks.ts'

const owners: Owner[] = []
afterEach(() => {
  for (const owner of owners.splice(0)) owner.stop()
})

/** Resolves when the owner's fencing number satisfies `wanted`. */
function fenceOf(owner: Owner, wanted: (fence: number | undefined) => boolean): Promise<number | undefined> {
  return new Promise((resolve) => {
    const look = () => {
      const fence = owner.fence.get()
      if (!wanted(fence)) return
      stop()
      resolve(fence)
    }
    const stop = owner.fence.subscribe(look)
    queueMicrotask(look)
  })
}
const owning = (owner: Owner) => fenceOf(owner, (fence) => fence !== undefined)

async function openTabs(locks: Locks, count: number) {
  const disk = createMemoryDisk()
  const dataKey = crypto.getRandomValues(new Uint8Array(32))
  return Promise.all(
    Array.from({ length: count }, async () => {
      const rows = openMemoryRows(disk)
      const owner = createOwner({ locks, lockName: 'account', raiseFence: rows.raiseFence, retryMs: 1 })
      owners.push(owner)
      return { owner, store: await openRecordStore({ rows, dataKey }) }
    }),
  )
}

describe('ownership', () => {
  it('belongs to one tab, and passes to the next when that one ends', async () => {
    const [first, second] = await openTabs(createInProcessLocks(), 2)
    const before = await owning(first!.owner)
    expect(second!.owner.fence.get()).toBeUndefined()
    first!.owner.stop()
    const after = await owning(second!.owner)
    expect(first!.owner.fence.get()).toBeUndefined()
    expect(after).toBeGreaterThan(before!)
  })

  it('lets a stale owner write nothing: one whose lock was taken while it did not look', async () => {
    const locks = createStealableLocks()
    const [first, second] = await openTabs(locks, 2)
    const stale = (await owning(first!.owner))!
    locks.steal()
    const fence = (await owning(second!.owner))!
    const record = { record: Uint8Array.of(1) }
    await expect(first!.store.commit([put('preKeys', '1', record)], { fence: stale })).rejects.toMatchObject({
      code: 'not_owner',
    })
    await second!.store.commit([put('preKeys', '2', record)], { fence })
    expect(await second!.store.count('preKeys')).toBe(1)
  })

  it('queues again after a loss, and a number of long ago loses nothing', async () => {
    const [only] = await openTabs(createInProcessLocks(), 1)
    const first = (await owning(only!.owner))!
    only!.owner.lost(first)
    expect(only!.owner.fence.get()).toBeUndefined()
    const second = (await owning(only!.owner))!
    expect(second).toBeGreaterThan(first)
    only!.owner.lost(first)
    expect(only!.owner.fence.get()).toBe(second)
  })

  it('never begins once it was stopped, even while the number is being raised', async () => {
    let raised = (_fence: number) => {}
    const locks = createInProcessLocks()
    const raiseFence = () => new Promise<number>((resolve) => (raised = resolve))
    const owner = createOwner({ locks, lockName: 'account', raiseFence })
    const [next] = await openTabs(locks, 1)
    await new Promise((resolve) => setTimeout(resolve))
    owner.stop()
    raised(1)
    await owning(next!.owner)
    expect(owner.fence.get()).toBeUndefined()
  })

  it('tries again when the number cannot be raised', async () => {
    let attempts = 0
    const owner = createOwner({
      locks: createInProcessLocks(),
      lockName: 'account',
      retryMs: 1,
      raiseFence: async () => {
        attempts += 1
        if (attempts < 3) throw new Error('disk')
        return 7
      },
    })
    owners.push(owner)
    expect(await owning(owner)).toBe(7)
  })
})

describe('web locks', () => {
  it('are asked for as the browser has them: held, left, and stolen', async () => {
    const asked: { name: string; mode: string | undefined }[] = []
    let steal: (reason: unknown) => void = () => {}
    let ended = false
    const manager = {
      request: (name: string, options: LockOptions, work: () => Promise<void> | undefined) => {
        asked.push({ name, mode: options.mode })
        return new Promise((resolve, reject) => {
          steal = reject
          queueMicrotask(() => {
            void work()?.then(() => {
              ended = true
              resolve(undefined)
            })
          })
        })
      },
    } as unknown as LockManager
    const seen: string[] = []
    const holder: LockHolder = { held: () => seen.push('held'), taken: () => seen.push('taken') }
    const release = createWebLocks(manager).request('account', holder)
    await new Promise((resolve) => setTimeout(resolve))
    release()
    await new Promise((resolve) => setTimeout(resolve))
    expect({ seen, ended, asked }).toEqual({
      seen: ['held'],
      ended: true,
      asked: [{ name: 'account', mode: 'exclusive' }],
    })
    createWebLocks(manager).request('account', holder)
    await new Promise((resolve) => setTimeout(resolve))
    steal(new DOMException('stolen', 'AbortError'))
    await new Promise((resolve) => setTimeout(resolve))
    expect(seen).toEqual(['held', 'held', 'taken'])
  })
})

/** Hands the lock to the next in the queue while the holder believes to have it still. */
function createStealableLocks(): Locks & { steal(): void } {
  const queue: LockHolder[] = []
  return {
    request: (_name, holder) => {
      queue.push(holder)
      if (queue.length === 1) queueMicrotask(() => holder.held())
      return () => {}
    },
    steal: () => {
      queue.shift()
      queue[0]?.held()
    },
  }
}
