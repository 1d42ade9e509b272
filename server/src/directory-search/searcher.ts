/**
 * Purpose: one search process as its parent sees it: started, loaded once, asked, ended.
 * Not concerned with what follows when it dies (`remote-directory.ts`).
 */
import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { FromSearcher, PeopleSource, Question, ToSearcher } from './messages.ts'

export type Ready = Extract<FromSearcher, { kind: 'ready' }>
export type Reply = Extract<FromSearcher, { kind: 'answer' | 'refusal' }>

export interface Searcher {
  /** Rejects when the process ends before it is loaded. */
  readonly ready: Promise<Ready>
  /** Resolves when the process is gone, for whatever reason. */
  readonly ended: Promise<void>
  readonly pid: number | undefined
  ask(id: number, question: Question): void
  /** Heard only by one that is ready. */
  markReachable(personIds: string[], isReachable: boolean): void
  /** At once, also while it loads: it holds nothing that is not elsewhere. */
  end(): void
}

const PROGRAM = fileURLToPath(new URL('./search-process.ts', import.meta.url))
const LOADER = createRequire(import.meta.url).resolve('tsx')

export function startSearcher(source: PeopleSource, onReply: (reply: Reply) => void): Searcher {
  const child = fork(PROGRAM, [], {
    execArgv: ['--import', LOADER],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const say = (message: ToSearcher): void => {
    // Whoever asks a process that is just ending hears of its end.
    if (child.connected) child.send(message, () => undefined)
  }
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const ready = waitUntilReady(child, ended, onReply)
  say({ kind: 'load', source })
  return {
    ready,
    ended,
    pid: child.pid,
    ask: (id, question) => say({ kind: 'question', id, question }),
    markReachable: (personIds, isReachable) => say({ kind: 'reachable', personIds, isReachable }),
    end() {
      child.kill('SIGKILL')
    },
  }
}

function waitUntilReady(
  child: ChildProcess,
  ended: Promise<void>,
  onReply: (reply: Reply) => void,
): Promise<Ready> {
  const ready = new Promise<Ready>((resolve, reject) => {
    child.on('message', (message) => {
      const said = message as FromSearcher
      if (said.kind === 'ready') resolve(said)
      else onReply(said)
    })
    void ended.then(() => reject(new Error('the search process ended before it was ready')))
  })
  ready.catch(() => undefined)
  return ready
}
