/**
 * The one test command: every check in turn, each in a process of its own, all of them even when one fails.
 * `npm test -- --only unit,demo` runs some. Not concerned with what the checks assert.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { parseArgs } from 'node:util'

interface Step {
  name: string
  command: string
}

const steps: Step[] = [
  { name: 'lint', command: 'npm run --silent lint' },
  { name: 'types', command: 'npm run --silent typecheck' },
  { name: 'boundaries', command: 'npm run --silent boundaries' },
  { name: 'dead-code', command: 'npm run --silent dead-code' },
  { name: 'unit', command: 'npm run --silent unit' },
  { name: 'mongo', command: 'npm run --silent test:storage:mongo' },
  { name: 'build', command: 'npm run --silent build' },
  { name: 'interop', command: 'npm run --silent interop -- --seed 1 --messages 5000 --loss 0.1 --reorder 8' },
  { name: 'faults', command: 'npm run --silent faults -- --seed 1 --rounds 4' },
  { name: 'demo', command: 'npm run --silent demo -- --json' },
  { name: 'start', command: 'npm run --silent start:check' },
  { name: 'journeys', command: 'npm run --silent journeys' },
]

interface Outcome {
  ok: boolean
  /** Lines that say what failed, to be read again at the end of ten minutes of output. */
  failures: string[]
  /** What was left out and why, in the step's own words. */
  skipped: string[]
}

const SAYS_WHAT_FAILED = /\bFAIL\b|Error:|error TS|✗/
const SAYS_WHAT_WAS_SKIPPED = /^skipped: (.+)$/
const MAX_FAILURES = 6

/** Passes the step's output on as it comes. */
function run(command: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const colour = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}
    const child = spawn(command, {
      shell: true,
      stdio: ['inherit', 'pipe', 'pipe'],
      env: { ...process.env, ...colour },
    })
    const failures: string[] = []
    const skipped = new Set<string>()
    const watch = (from: Readable, to: NodeJS.WriteStream) => {
      from.pipe(to, { end: false })
      createInterface({ input: from }).on('line', (line) => {
        if (SAYS_WHAT_FAILED.test(line)) failures.push(line.slice(0, 300))
        if (failures.length > MAX_FAILURES) failures.shift()
        const [, reason] = SAYS_WHAT_WAS_SKIPPED.exec(line) ?? []
        if (reason !== undefined) skipped.add(reason)
      })
    }
    watch(child.stdout, process.stdout)
    watch(child.stderr, process.stderr)
    child.on('close', (code) => resolve({ ok: code === 0, failures, skipped: [...skipped] }))
  })
}

const { values } = parseArgs({ options: { only: { type: 'string' } } })
const wanted = values.only?.split(',')
const results: (Outcome & { name: string; seconds: number })[] = []
for (const step of steps.filter(({ name }) => wanted === undefined || wanted.includes(name))) {
  console.log(`\n── ${step.name}: ${step.command}`)
  const startedMs = Date.now()
  const outcome = await run(step.command)
  results.push({ ...outcome, name: step.name, seconds: Math.round((Date.now() - startedMs) / 1000) })
}

console.log('')
for (const { name, ok, failures } of results) {
  if (!ok) for (const line of failures) console.log(`${name}: ${line.trim()}`)
}
for (const { name, ok, seconds, skipped } of results) {
  const leftOut = skipped.length === 0 ? '' : `; skipped: ${skipped.join('; ')}`
  console.log(`${ok ? 'passed' : 'FAILED'}  ${name} (${seconds} s)${leftOut}`)
}
const failed = results.filter(({ ok }) => !ok).length
console.log(`${results.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 && results.length > 0 ? 0 : 1
