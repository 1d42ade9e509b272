/**
 * Group commit: everything that is submitted in one turn of the event loop, or while a batch is under way, shares the
 * next batch. One batch at a time, so that what a sender submits in order is stored in order.
 */
import { RelayError } from '../../errors.ts'
import type { Submission, Submitted } from '../interfaces.ts'
import type { Models } from './models.ts'
import { type Job, submitBatch } from './submit-batch.ts'

const BATCH_AT_MOST = 500
const TRIES = 5

interface Waiting extends Job {
  tries: number
  resolve(answer: Submitted): void
  reject(error: unknown): void
}

export interface Submitter {
  submit(submission: Submission): Promise<Submitted>
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
}

export function createSubmitter(models: Models): Submitter {
  let waiting: Waiting[] = []
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    // After the poll phase: everything the sockets brought in this turn is in the batch.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0) {
      const [batch, later] = takeBatch(waiting)
      waiting = later
      const again = await runBatch(models, batch)
      waiting.unshift(...again)
    }
    running = undefined
  }

  return {
    submit(submission) {
      return new Promise((resolve, reject) => {
        const key = Buffer.from(submission.keyHash).toString('hex')
        waiting.push({ submission, key, answer: undefined, tries: 0, resolve, reject })
        running ??= run()
      })
    },
    async idle() {
      await running
    },
  }
}

/** The same key twice goes into two batches: the second finds what the first stored. */
function takeBatch(waiting: Waiting[]): [Waiting[], Waiting[]] {
  const keys = new Set<string>()
  const batch: Waiting[] = []
  const later: Waiting[] = []
  for (const job of waiting) {
    if (batch.length >= BATCH_AT_MOST || keys.has(job.key)) later.push(job)
    else {
      keys.add(job.key)
      batch.push(job)
    }
  }
  return [batch, later]
}

/** Returns those that are to be tried again. */
async function runBatch(models: Models, batch: Waiting[]): Promise<Waiting[]> {
  let afterwards: () => Promise<void>
  try {
    afterwards = await submitBatch(models, batch)
  } catch (error) {
    for (const job of batch) {
      if (job.answer && job.answer.outcome !== 'stored') job.resolve(job.answer)
      else job.reject(error)
    }
    return []
  }
  const again = batch.filter((job) => {
    if (job.answer) job.resolve(job.answer)
    else if (job.tries < TRIES) {
      job.tries += 1
      return true
    } else job.reject(new RelayError('unavailable', 'storage: a device has no queue'))
    return false
  })
  await afterwards().catch(() => undefined)
  return again
}
