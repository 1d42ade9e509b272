/**
 * Purpose: the questions that have no answer yet: bounded in number and in time, put to whichever process serves.
 * Not concerned with the life of processes (`remote-directory.ts`).
 */
import { DirectoryError } from '@pli/directory'
import { RelayError } from '../errors.ts'
import type { AnswerOf, Question } from './messages.ts'
import type { Reply, Searcher } from './searcher.ts'

const WAITING_AT_MOST = 1_000
/** A question that two processes died of is not put to a third. */
const TRIES = 2

interface Waiting {
  readonly question: Question
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
  asked: Searcher | undefined
  tries: number
}

export interface WaitingQuestions {
  /** Throws RelayError `unavailable`: too many wait, or no answer in time; DirectoryError for what is out of bounds. */
  ask<Q extends Question>(question: Q, serving: Searcher | undefined): Promise<AnswerOf[Q['ask']]>
  settle(reply: Reply): void
  /** To who serves now: what was put to nobody yet. */
  putAll(serving: Searcher): void
  /** What was put to a process that is gone waits for the next. */
  takeBack(gone: Searcher): void
  countOf(searcher: Searcher): number
  refuseAll(): void
}

export function createWaitingQuestions(answerWithinMs: number): WaitingQuestions {
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  const take = (id: number): Waiting | undefined => {
    const taken = waiting.get(id)
    waiting.delete(id)
    clearTimeout(taken?.timer)
    return taken
  }
  const refuse = (id: number, why: string) => take(id)?.reject(new RelayError('unavailable', why))
  const put = (id: number, one: Waiting, to: Searcher): void => {
    one.asked = to
    one.tries += 1
    to.ask(id, one.question)
  }
  return {
    ask<Q extends Question>(question: Q, serving: Searcher | undefined) {
      return new Promise<AnswerOf[Q['ask']]>((resolve, reject) => {
        if (waiting.size >= WAITING_AT_MOST)
          return reject(new RelayError('unavailable', 'too many questions wait for the directory'))
        const id = ++lastId
        const timer = setTimeout(() => refuse(id, 'the directory did not answer in time'), answerWithinMs)
        const settle = resolve as (value: unknown) => void
        const one: Waiting = { question, resolve: settle, reject, timer, asked: undefined, tries: 0 }
        waiting.set(id, one)
        if (serving !== undefined) put(id, one, serving)
      })
    },
    settle(reply) {
      const taken = take(reply.id)
      if (reply.kind === 'answer') taken?.resolve(reply.value)
      else if (reply.code === undefined) taken?.reject(new RelayError('unavailable', 'a search failed'))
      else taken?.reject(new DirectoryError(reply.code, 'The directory refused the question.'))
    },
    putAll(serving) {
      for (const [id, one] of waiting) if (one.asked === undefined) put(id, one, serving)
    },
    takeBack(gone) {
      for (const [id, one] of waiting) {
        if (one.asked !== gone) continue
        if (one.tries < TRIES) one.asked = undefined
        else refuse(id, 'the search process ended')
      }
    },
    countOf: (searcher) => [...waiting.values()].filter(({ asked }) => asked === searcher).length,
    refuseAll() {
      for (const id of [...waiting.keys()]) refuse(id, 'the directory is closed')
    },
  }
}
