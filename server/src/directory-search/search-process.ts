/**
 * Purpose: the search process: reads everybody once, then answers until its parent is gone. A later version of the
 * register is another process's: this one does not change, but for who is reachable.
 * Not concerned with other versions, restarts or time-outs: its parent is (`searcher.ts`).
 */
import { DirectoryError } from '@pli/directory'
import type { Directory } from '../domain/directory/directory.ts'
import { createLocalDirectory } from './local-directory.ts'
import type { AnswerOf, FromSearcher, PeopleSource, Question, ToSearcher } from './messages.ts'
import { readPeople } from './read-people.ts'

const tell = (message: FromSearcher): void => {
  // A parent that is gone needs no answer, and `disconnect` ends this process.
  process.send?.(message, undefined, undefined, () => undefined)
}

let directory: Directory | undefined

async function load(source: PeopleSource): Promise<void> {
  const startedAtMs = performance.now()
  const { index, roles, version } = await readPeople(source)
  directory = createLocalDirectory(index)
  const tookMs = Math.round(performance.now() - startedAtMs)
  tell({ kind: 'ready', people: index.personCount, roles, tookMs, ...(version && { version }) })
}

async function answer(to: Directory, question: Question): Promise<AnswerOf[keyof AnswerOf]> {
  switch (question.ask) {
    case 'search':
      return to.search(question.query, question.page)
    case 'person':
      return (await to.person(question.personId)) ?? null
    case 'people':
      return [...(await to.people(question.personIds)).values()]
    case 'organisations':
      return to.organisations(question.query, question.page)
    case 'locations':
      return to.locations(question.query)
    case 'location':
      return (await to.location(question.nsi, question.postcode)) ?? null
    case 'ssinHmac':
      return (await to.personIdBySsinHmac(question.hmac)) ?? null
    case 'nihii8':
      return (await to.personIdByNihii8(question.nihii8)) ?? null
  }
}

async function receive(message: ToSearcher): Promise<void> {
  if (message.kind === 'load') return load(message.source)
  if (directory === undefined) return
  if (message.kind === 'reachable') return directory.markReachable(message.personIds, message.isReachable)
  const { id, question } = message
  try {
    tell({ kind: 'answer', id, value: await answer(directory, question) })
  } catch (error) {
    tell({ kind: 'refusal', id, ...(error instanceof DirectoryError && { code: error.code }) })
  }
}

process.on('message', (message) => {
  receive(message as ToSearcher).catch(() => process.exit(1))
})
process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole group; the parent says when it is over.
process.on('SIGINT', () => undefined)
