import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { DeviceAddress, Storage } from '../interfaces.ts'
import { hex, register, registration, sha256 } from './samples.ts'
import type { StorageUnderTest } from './subject.ts'

/** What the child reports: it says `stored` or `acknowledged` only when the store's promise resolved. */
interface Reported {
  stored: string[]
  acknowledged: number[]
}

const REPORTS_BEFORE_KILL = 400

export function crashCases(subject: StorageUnderTest): void {
  it('loses nothing it confirmed when the process is killed, and never uses a sequence twice', async () => {
    const address = await register(subject.storage, registration('p1'))
    await subject.close()
    const first = await submitUntilKilled(subject, address, 'a')
    await subject.reopen()
    const afterFirst = await checkSurvivors(subject.storage, address, first, [])
    await subject.close()
    const second = await submitUntilKilled(subject, address, 'b')
    await subject.reopen()
    const earlier = [...first.acknowledged, ...second.acknowledged]
    expect(new Set(earlier).size).toBe(earlier.length)
    await checkSurvivors(subject.storage, address, second, afterFirst)
  })
}

/** Runs a process that submits and acknowledges as fast as it can, and kills it in the middle of that. */
async function submitUntilKilled(
  subject: StorageUnderTest,
  address: DeviceAddress,
  prefix: string,
): Promise<Reported> {
  const program = fileURLToPath(new URL('./crash-child.ts', import.meta.url))
  const { accountId, deviceId } = address
  const input = [subject.engine.module, subject.folder, accountId, String(deviceId), prefix]
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...input], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const reported = await readUntilKilled(child, enoughOf(subject))
  await exited
  expect(reported.stored.length).toBeGreaterThanOrEqual(enoughOf(subject))
  return reported
}

function enoughOf({ engine }: StorageUnderTest): number {
  return engine.reportsBeforeKill ?? REPORTS_BEFORE_KILL
}

async function readUntilKilled(child: ChildProcess, enough: number): Promise<Reported> {
  const reported: Reported = { stored: [], acknowledged: [] }
  if (!child.stdout) throw new Error('the child has no output')
  for await (const line of createInterface({ input: child.stdout })) {
    const [what, value = ''] = line.split(' ')
    if (what === 'stored') reported.stored.push(value)
    if (what === 'acknowledged') reported.acknowledged.push(Number(value))
    if (reported.stored.length >= enough) child.kill('SIGKILL')
  }
  return reported
}

/** Returns the keys of all envelopes that are there. */
async function checkSurvivors(
  storage: Storage,
  address: DeviceAddress,
  reported: Reported,
  before: string[],
): Promise<string[]> {
  const { envelopes } = storage
  const bounds = { afterSequence: 0, maxEnvelopes: 100_000, maxBytes: 1024 ** 3 }
  const left = await envelopes.list(address, bounds)
  const keys = left.map((envelope) => Buffer.from(envelope.content).toString())
  const sequences = left.map((envelope) => envelope.sequence)
  const states = await envelopes.states(reported.stored.map(sha256))

  expect(reported.acknowledged.length).toBeGreaterThan(0)
  const missing = reported.stored.filter((key, index) => {
    const gone = states[index] === 'delivered'
    return keys.includes(key) === gone
  })
  expect(missing).toEqual([])
  expect(before.filter((key) => !keys.includes(key))).toEqual([])
  expect(sequences.filter((sequence) => reported.acknowledged.includes(sequence))).toEqual([])
  expect(new Set(keys.map((key) => hex(sha256(key)))).size).toBe(keys.length)
  expect(await envelopes.queueLength(address)).toBe(left.length)
  return keys
}
