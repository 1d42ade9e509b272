// How often the person who was meant is found first, or among the first three, when people make the mistakes they
// make: `npm run directory:quality [-- --json] [--quick] [--people 20000] [--misses]`.
// 2,000 questions, seeded, about people of the sandbox, equally many of each kind. Nobody is known to be reachable and
// the searcher has no place: only the words decide.
// How it is counted: everybody above the one who was meant counts against it, but for those to whom the words, typed
// right, apply just as well (same names, and the same place where one was typed): a namesake in the same town cannot be
// told apart by the question, and the directory must not choose.

import { parseArgs } from 'node:util'
import { createDirectoryIndexBuilder, type DirectoryIndex, isRoleActive, type Person } from '../src/index.ts'
import { openSandboxRegister } from '../src/sandbox/generate.ts'
import { createRandom } from '../src/sandbox/random.ts'
import { type Figure, printFigures, progress } from './figures.ts'
import { makeQuestion, type Question, questionKinds } from './questions.ts'

const SEED = 1
const QUESTION_SEED = 7
const QUESTIONS = 2_000
const QUICK_QUESTIONS = 480
const PAGE = { limit: 100, offset: 0 }
const TARGETS = { top3: 97, top1: 90 } as const

function main(): void {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      people: { type: 'string', default: '20000' },
      misses: { type: 'boolean', default: false },
    },
  })
  const count = Number(values.people)
  const wanted = values.quick ? QUICK_QUESTIONS : QUESTIONS
  progress(
    `${wanted} questions about a sandbox of ${count} people${values.quick ? ' (--quick: of 2000)' : ''}`,
  )
  const { index, people } = openSandbox(count)
  const outcomes = makeQuestions(people, wanted).map((question) => ({
    question,
    above: countAbove(index, question),
  }))
  if (values.misses)
    for (const { question, above } of outcomes)
      if (above > 0) progress(`${question.kind}: ${JSON.stringify(question.query)} ${above} above`)
  const figures = (['top3', 'top1'] as const).flatMap((metric) =>
    ['all', ...questionKinds].map((subject): Figure => {
      const asked = outcomes.filter(({ question }) => subject === 'all' || question.kind === subject)
      const right = asked.filter(({ above }) => above < (metric === 'top3' ? 3 : 1))
      return { metric, subject, value: (100 * right.length) / asked.length, unit: '%' }
    }),
  )
  printFigures(figures, values.json)
  for (const [metric, target] of Object.entries(TARGETS)) {
    const all = figures.find((figure) => figure.metric === metric && figure.subject === 'all')
    if (all !== undefined && all.value < target) progress(`Target missed: ${metric} is below ${target} %.`)
  }
}

function openSandbox(count: number): { index: DirectoryIndex; people: Person[] } {
  const builder = createDirectoryIndexBuilder()
  const people: Person[] = []
  for (const { person } of openSandboxRegister(SEED).people()) {
    builder.add(person)
    people.push(person)
    if (people.length >= count) break
  }
  return { index: builder.finish(), people }
}

/** Equally many of each kind, about people who are in practice. */
function makeQuestions(people: readonly Person[], count: number): Question[] {
  const nowMs = Date.now()
  const perKind = Math.ceil(count / questionKinds.length)
  return questionKinds
    .flatMap((kind, number) => {
      const random = createRandom(QUESTION_SEED, number)
      const questions: Question[] = []
      for (let tries = 0; questions.length < perKind && tries < people.length * 20; tries++) {
        const person = random.pick(people)
        const [role] = person.roles
        if (person.deceased || role === undefined || !isRoleActive(role, nowMs)) continue
        const question = makeQuestion(kind, person, random)
        if (question !== undefined) questions.push(question)
      }
      return questions
    })
    .slice(0, count)
}

/** How many stand above the one who was meant and do not answer to the words just as well; many if they are not found. */
function countAbove(index: DirectoryIndex, { query, personId, isTied }: Question): number {
  const { rows } = index.search(query, PAGE)
  const at = rows.findIndex((row) => row.personId === personId)
  const above = at < 0 ? rows : rows.slice(0, at)
  const worse = above.filter((row) => !isTied(row)).length
  return at < 0 && above.length - worse < PAGE.limit ? Number.POSITIVE_INFINITY : worse
}

main()
