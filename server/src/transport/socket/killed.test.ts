import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { SubmitReceipt } from '@pli/protocol/wire'
import { afterEach, expect, it } from 'vitest'
import { type SampleSubmission, TestDevice } from '../../testing/test-device.ts'
import { TestRelay } from '../../testing/test-relay.ts'

const MESSAGES = 190
const AT_ONCE = 8
const ROUNDS = 3

let relay: TestRelay | undefined
let child: ChildProcess | undefined
afterEach(async () => {
  child?.kill('SIGKILL')
  await relay?.destroy()
})

/** Starts the relay as a process on the folder; returns its address. */
async function startProcess(folder: string): Promise<string> {
  const program = fileURLToPath(new URL('../../testing/relay-process.ts', import.meta.url))
  child = spawn(process.execPath, ['--import', 'tsx', program, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(child.stdout ?? child, 'data')
  return String(line).trim()
}

async function kill(): Promise<void> {
  if (!child) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

it('is killed again and again while clients send: what it confirmed is delivered, and each message has one sequence', async () => {
  relay = await TestRelay.start()
  const [registeredAda, registeredBen] = [await relay.register('ada'), await relay.register('ben')]
  await relay.down()
  let url = ''
  const ada = new TestDevice(() => url, registeredAda.registered, registeredAda.registrationId)
  const ben = new TestDevice(() => url, registeredBen.registered, registeredBen.registrationId)

  const pending = new Map(
    Array.from({ length: MESSAGES }, (_, index) => [
      `message ${index}`,
      ada.submission(ben, `message ${index}`),
    ]),
  )
  const confirmed = new Set<string>()
  const send = async (text: string, submission: SampleSubmission) => {
    const answer = await ada.ask<SubmitReceipt>('submit', submission)
    if (!answer.ok) throw new Error(answer.code)
    pending.delete(text)
    confirmed.add(text)
  }
  /** Sends what is not confirmed, as a client's outbox does: the same bytes under the same key. */
  const sendPending = async (afterEach: () => void) => {
    const left = [...pending]
    for (let at = 0; at < left.length; at += AT_ONCE) {
      const batch = left.slice(at, at + AT_ONCE).map(([text, submission]) => send(text, submission))
      for (const sending of batch) sending.then(afterEach, () => {})
      await Promise.all(batch)
    }
  }

  for (let round = 1; round <= ROUNDS; round += 1) {
    url = await startProcess(relay.folder)
    await Promise.all([ada.connect(), ben.connect()])
    const enough = Math.floor((MESSAGES * round) / (ROUNDS + 1))
    let killed: Promise<void> | undefined
    const sending = sendPending(() => {
      if (confirmed.size >= enough) killed ??= kill()
    })
    // The connection breaks under the sender: its unanswered requests fail.
    await expect(sending).rejects.toThrow()
    await killed
    ada.disconnect()
    ben.disconnect()
  }
  expect(confirmed.size).toBeLessThan(MESSAGES)

  url = await startProcess(relay.folder)
  await Promise.all([ada.connect(), ben.connect()])
  await sendPending(() => {})
  await ben.until(() => new Set(ben.contents).size === MESSAGES)

  const sequencesOf = new Map<string, Set<number>>()
  for (const { sequence, content } of ben.received) {
    const text = Buffer.from(content).toString()
    sequencesOf.set(text, (sequencesOf.get(text) ?? new Set()).add(sequence))
  }
  expect([...sequencesOf].filter(([, sequences]) => sequences.size !== 1)).toEqual([])
  const all = [...sequencesOf.values()].flatMap((sequences) => [...sequences])
  expect(new Set(all).size).toBe(MESSAGES)
  ada.disconnect()
  ben.disconnect()
})
