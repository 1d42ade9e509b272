/** Runs in a worker of Chromium, as the messenger does: answers what the page asks. */
import { createOurs } from './ours.ts'
import type { Metric, SealFixture, Subject } from './subject.ts'

export type Question =
  | { readonly ask: 'start'; readonly fixture: SealFixture }
  | { readonly ask: 'measure'; readonly metric: Metric; readonly durationMs: number }

let subject: Subject | undefined

globalThis.addEventListener('message', async ({ data }: MessageEvent<Question>) => {
  try {
    globalThis.postMessage({ value: await answer(data) })
  } catch (error) {
    globalThis.postMessage({ error: String(error) })
  }
})

async function answer(question: Question): Promise<string | number | undefined> {
  if (question.ask === 'start') {
    subject = await createOurs('ours-chromium', question.fixture)
    return subject.keyAgreement
  }
  return subject?.measure(question.metric, question.durationMs)
}
