/** Submits and acknowledges until it is killed, and reports on stdout what the store confirmed. Run by crash.ts. */
import { writeSync } from 'node:fs'
import type { AccountId, DeviceId } from '@pli/protocol/wire'
import { submission } from './samples.ts'
import type { StorageEngine } from './subject.ts'

const [engineModule = '', folder = '', accountId = '', deviceId = '', prefix = ''] = process.argv.slice(2)
const { open }: Pick<StorageEngine, 'open'> = await import(engineModule)
const storage = await open(folder)
const address = { accountId: accountId as AccountId, deviceId: Number(deviceId) as DeviceId }

/** Synchronously, so that nothing said is lost with the process. The pipe is full while the reader is busy: then wait. */
function report(line: string): void {
  const text = Buffer.from(`${line}\n`)
  for (let written = 0; written < text.length; ) {
    try {
      written += writeSync(1, text, written)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}

async function submit(key: string): Promise<void> {
  const content = new TextEncoder().encode(key)
  const { outcome } = await storage.envelopes.submit(
    submission(address.accountId, { key, content, deviceId: address.deviceId }),
  )
  if (outcome !== 'stored') throw new Error(outcome)
  report(`stored ${key}`)
}

/** Every third one that waits, so that some stay. */
async function acknowledgeSome(afterSequence: number): Promise<number> {
  const waiting = await storage.envelopes.list(address, { afterSequence, maxEnvelopes: 30, maxBytes: 1e6 })
  const sequences = waiting.map((envelope) => envelope.sequence).filter((sequence) => sequence % 3 === 0)
  await storage.envelopes.acknowledge(address, sequences)
  for (const sequence of sequences) report(`acknowledged ${sequence}`)
  return waiting.at(-1)?.sequence ?? afterSequence
}

let acknowledgedUpTo = await storage.envelopes.lastWaiting(address)
for (let round = 0; ; round += 1) {
  const keys = Array.from({ length: 7 }, (_, index) => `${prefix}-${round}-${index}`)
  const results = await Promise.all([acknowledgeSome(acknowledgedUpTo), ...keys.map(submit)])
  acknowledgedUpTo = results[0]
}
