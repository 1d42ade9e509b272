import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { silentLog } from '../../log.ts'
import { openEmbeddedStorage } from '../../storage/embedded/open.ts'
import { createCarefulSweep } from './careful-sweep.ts'
import { watchClock } from './clock-watch.ts'

const HOUR = 60 * 60_000
const DAY = 24 * HOUR
const START = Date.UTC(2026, 0, 1)

function clocks() {
  let wall = START
  let steady = 0
  return {
    wallMs: () => wall,
    steadyMs: () => steady,
    pass(ms: number) {
      wall += ms
      steady += ms
    },
    set(ms: number) {
      wall += ms
    },
  }
}

it('trusts a clock that goes as it should', () => {
  const time = clocks()
  const watch = watchClock(time)
  for (let sweep = 0; sweep < 100; sweep += 1) {
    time.pass(HOUR)
    expect(watch.isSteady()).toBe(true)
  }
})

for (const jump of [40 * DAY, -40 * DAY]) {
  it(`expires nothing for an hour after the clock was set by ${jump / DAY} days`, () => {
    const time = clocks()
    const watch = watchClock(time)
    time.set(jump)
    expect(watch.isSteady()).toBe(false)
    time.pass(59 * 60_000)
    expect(watch.isSteady()).toBe(false)
    time.pass(2 * 60_000)
    expect(watch.isSteady()).toBe(true)
  })
}

it('waits anew when the clock is put right again', () => {
  const time = clocks()
  const watch = watchClock(time)
  time.set(40 * DAY)
  expect(watch.isSteady()).toBe(false)
  time.pass(50 * 60_000)
  time.set(-40 * DAY)
  expect(watch.isSteady()).toBe(false)
  time.pass(50 * 60_000)
  expect(watch.isSteady()).toBe(false)
})

it('does not mind the corrections that every machine makes', () => {
  const time = clocks()
  const watch = watchClock(time)
  time.set(2_000)
  expect(watch.isSteady()).toBe(true)
})

it('waits after a start in another year, and not after an ordinary restart', () => {
  const time = clocks()
  expect(watchClock(time, { lastKnownMs: START - 40 * DAY }).isSteady()).toBe(false)
  expect(watchClock(time, { lastKnownMs: START + 40 * DAY }).isSteady()).toBe(false)
  expect(watchClock(time, { lastKnownMs: START - HOUR }).isSteady()).toBe(true)
  expect(watchClock(time, { lastKnownMs: undefined }).isSteady()).toBe(true)
})

it('remembers from one run to the next when the relay last ran, and sweeps or waits accordingly', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pli-clock-'))
  const storage = await openEmbeddedStorage(join(folder, 'pli.db'))
  const time = clocks()
  const swept: number[] = []
  const warned: string[] = []
  const log = { ...silentLog, warn: (_fields: object, message: string) => void warned.push(message) }
  const sweep = async (nowMs: number) => void swept.push(nowMs)
  const open = () => createCarefulSweep({ installation: storage.installation, sweep, log, clocks: time })
  const first = await open()
  await first()
  expect(swept).toEqual([START])
  time.set(40 * DAY)
  const second = await open()
  await second()
  expect(swept).toHaveLength(1)
  expect(warned).toHaveLength(1)
  time.pass(2 * HOUR)
  await second()
  expect(swept).toHaveLength(2)
  await storage.close()
  await rm(folder, { recursive: true })
})
