/**
 * Purpose: the directory in a process of its own, so that a search of a million roles neither stops the relay's event
 * loop nor fills its memory. The process is started again when it dies, and another one is loaded beside it when the
 * register has a later version: it takes over in one step, and the former answers what it was asked.
 * Questions wait while nobody serves. Not concerned with searching.
 */
import type { Directory } from '../domain/directory/directory.ts'
import type { Log } from '../log.ts'
import type { LoadedVersion, PeopleSource, Question } from './messages.ts'
import { type Ready, type Searcher, startSearcher } from './searcher.ts'
import { createWaitingQuestions, type WaitingQuestions } from './waiting-questions.ts'

export interface RemoteDirectory extends Directory {
  /** Of the process that serves now. */
  servingPid(): number | undefined
  /** Resolves when a process serves that has read this version, or any without one. */
  serves(version?: LoadedVersion): Promise<void>
}

export interface RemoteDirectoryOptions {
  source: PeopleSource
  log: Log
  /** The version that the register has now; absent: it never changes. */
  currentVersion?: () => Promise<LoadedVersion | undefined>
  timings?: Partial<Timings>
}

interface Timings {
  /** From asking to giving up. */
  answerWithinMs: number
  /** Between two looks for a later version. */
  checkEveryMs: number
  /** Between the starts of two loads for the sake of a later version. */
  reloadAtMostEveryMs: number
  /** Of the time, loading takes no more than one in so many: a large register that changes all day is not read all day. */
  loadingIsOneIn: number
  /** A process this old is replaced: roles begin and end by the day. */
  replaceAfterMs: number
}

const usualTimings: Timings = {
  answerWithinMs: 10_000,
  checkEveryMs: 2_000,
  reloadAtMostEveryMs: 5_000,
  loadingIsOneIn: 20,
  replaceAfterMs: 24 * 3600_000,
}
/** Before the first restart; doubled each time until one serves. */
const RESTART_AFTER_MS = 100
const RESTART_AT_MOST_AFTER_MS = 10_000

export function openRemoteDirectory(options: RemoteDirectoryOptions): RemoteDirectory {
  const timings = { ...usualTimings, ...options.timings }
  const questions = createWaitingQuestions(timings.answerWithinMs)
  const keeper = new SearcherKeeper(options, timings, questions)
  const ask = <Q extends Question>(question: Q) => questions.ask(question, keeper.serving)
  return {
    search: (query, page) => ask({ ask: 'search', query, page }),
    person: async (personId) => (await ask({ ask: 'person', personId })) ?? undefined,
    async people(personIds) {
      const found = await ask({ ask: 'people', personIds: [...personIds] })
      return new Map(found.map((person) => [person.personId, person]))
    },
    organisations: (query, page) => ask({ ask: 'organisations', query, page }),
    locations: (query) => ask({ ask: 'locations', query }),
    location: async (nsi, postcode) => (await ask({ ask: 'location', nsi, postcode })) ?? undefined,
    personIdBySsinHmac: async (hmac) => (await ask({ ask: 'ssinHmac', hmac })) ?? undefined,
    personIdByNihii8: async (nihii8) => (await ask({ ask: 'nihii8', nihii8 })) ?? undefined,
    markReachable: (personIds, isReachable) => keeper.markReachable([...personIds], isReachable),
    servingPid: () => keeper.serving?.pid,
    serves: (version) => keeper.serves(version),
    async close() {
      questions.refuseAll()
      await keeper.close()
    },
  }
}

/** Sees to it that one process serves, and the right one. */
class SearcherKeeper {
  serving: Searcher | undefined
  readonly #options: RemoteDirectoryOptions
  readonly #timings: Timings
  readonly #questions: WaitingQuestions
  readonly #reachable = new Set<string>()
  readonly #running = new Set<Searcher>()
  readonly #checking: NodeJS.Timeout
  #loading: Searcher | undefined
  #version: LoadedVersion | undefined
  #startedAtMs = 0
  #loadTookMs = 0
  #failures = 0
  #restart: NodeJS.Timeout | undefined
  #watchers: { wanted: LoadedVersion | undefined; tell: () => void }[] = []
  #isClosed = false

  constructor(options: RemoteDirectoryOptions, timings: Timings, questions: WaitingQuestions) {
    this.#options = options
    this.#timings = timings
    this.#questions = questions
    this.#checking = setInterval(() => void this.#check(), timings.checkEveryMs)
    this.#checking.unref()
    this.#load()
  }

  markReachable(personIds: string[], isReachable: boolean): void {
    for (const personId of personIds) {
      if (isReachable) this.#reachable.add(personId)
      else this.#reachable.delete(personId)
    }
    this.serving?.markReachable(personIds, isReachable)
  }

  serves(wanted: LoadedVersion | undefined): Promise<void> {
    return new Promise((resolve) => {
      this.#watchers.push({ wanted, tell: resolve })
      this.#tellWatchers()
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#checking)
    clearTimeout(this.#restart)
    const running = [...this.#running]
    for (const searcher of running) searcher.end()
    await Promise.all(running.map(({ ended }) => ended))
  }

  #load(): void {
    if (this.#isClosed || this.#loading !== undefined) return
    this.#startedAtMs = Date.now()
    const searcher = startSearcher(this.#options.source, (reply) => {
      this.#questions.settle(reply)
      this.#letFormerGo()
    })
    this.#loading = searcher
    this.#running.add(searcher)
    searcher.ready.then(
      (ready) => this.#swap(searcher, ready),
      () => undefined,
    )
    void searcher.ended.then(() => this.#afterEnd(searcher))
  }

  #swap(searcher: Searcher, { people, roles, tookMs, version }: Ready): void {
    if (this.#loading === searcher) this.#loading = undefined
    this.serving = searcher
    this.#version = version
    this.#loadTookMs = tookMs
    this.#failures = 0
    searcher.markReachable([...this.#reachable], true)
    this.#questions.putAll(searcher)
    this.#letFormerGo()
    this.#tellWatchers()
    this.#options.log.info({ people, roles, tookMs }, 'the directory is loaded')
  }

  /** A former process stays until it has answered, or until nobody waits for it any more. */
  #letFormerGo(): void {
    for (const searcher of this.#running) {
      if (searcher === this.serving || searcher === this.#loading) continue
      if (this.#questions.countOf(searcher) === 0) searcher.end()
    }
  }

  #afterEnd(searcher: Searcher): void {
    this.#running.delete(searcher)
    const wasNeeded = searcher === this.serving || searcher === this.#loading
    if (searcher === this.serving) this.serving = undefined
    if (searcher === this.#loading) this.#loading = undefined
    this.#questions.takeBack(searcher)
    if (this.serving !== undefined) this.#questions.putAll(this.serving)
    if (!wasNeeded || this.#isClosed) return
    const delayMs = Math.min(RESTART_AFTER_MS * 2 ** this.#failures++, RESTART_AT_MOST_AFTER_MS)
    this.#options.log.warn({ delayMs }, 'the search process ended and is started again')
    clearTimeout(this.#restart)
    this.#restart = setTimeout(() => this.#load(), delayMs)
  }

  async #check(): Promise<void> {
    this.#letFormerGo()
    const ageMs = Date.now() - this.#startedAtMs
    if (this.serving === undefined || this.#loading !== undefined) return
    const { reloadAtMostEveryMs, loadingIsOneIn } = this.#timings
    if (ageMs < Math.max(reloadAtMostEveryMs, this.#loadTookMs * loadingIsOneIn)) return
    const { currentVersion } = this.#options
    // A store that does not answer now is asked again at the next turn.
    const version = await currentVersion?.().catch(() => this.#version)
    const isLater = currentVersion !== undefined && !isSameVersion(version, this.#version)
    if (isLater || ageMs >= this.#timings.replaceAfterMs) this.#load()
  }

  #tellWatchers(): void {
    if (this.serving === undefined) return
    const isThere = (wanted: LoadedVersion | undefined) =>
      wanted === undefined || isSameVersion(wanted, this.#version)
    const told = this.#watchers.filter(({ wanted }) => isThere(wanted))
    this.#watchers = this.#watchers.filter(({ wanted }) => !isThere(wanted))
    for (const { tell } of told) tell()
  }
}

const isSameVersion = (a: LoadedVersion | undefined, b: LoadedVersion | undefined): boolean =>
  a?.generation === b?.generation && a?.sequence === b?.sequence
