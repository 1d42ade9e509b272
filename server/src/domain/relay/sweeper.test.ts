import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { silentLog } from '../../log.ts'
import { startSweeper } from './sweeper.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Sweeps that end when told to. */
function controlledSweep() {
  const begun: PromiseWithEnd[] = []
  const sweep = () => {
    const { promise, ...ends } = withEnd()
    begun.push(ends)
    return promise
  }
  return { begun, sweep }
}

interface PromiseWithEnd {
  succeed(): void
  fail(error: Error): void
}

function withEnd(): PromiseWithEnd & { promise: Promise<void> } {
  let succeed = () => {}
  let fail = (_error: Error) => {}
  const promise = new Promise<void>((resolve, reject) => {
    succeed = resolve
    fail = reject
  })
  return { promise, succeed, fail }
}

it('sweeps at the start and then regularly, one at a time, also after one failed', async () => {
  const { begun, sweep } = controlledSweep()
  const sweeper = startSweeper(sweep, 1_000, silentLog)
  expect(begun).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(begun).toHaveLength(1)
  begun[0]?.fail(new Error('the store is busy'))
  await vi.advanceTimersByTimeAsync(1_000)
  expect(begun).toHaveLength(2)
  begun[1]?.succeed()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(begun).toHaveLength(3)
  begun[2]?.succeed()
  await sweeper.stop()
})

it('stops only when the sweep under way has ended, and begins no other', async () => {
  const { begun, sweep } = controlledSweep()
  const sweeper = startSweeper(sweep, 1_000, silentLog)
  let stopped = false
  const stopping = sweeper.stop().then(() => {
    stopped = true
  })
  await vi.advanceTimersByTimeAsync(5_000)
  expect([stopped, begun.length]).toEqual([false, 1])
  begun[0]?.succeed()
  await stopping
})
