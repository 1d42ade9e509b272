/**
 * The one test command: every check in turn, each in a process of its own, all of them even when one fails.
 * `npm test -- --only unit,demo` runs some. Not concerned with what the checks assert.
 */
import { spawn } from 'node:child_process'
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
  { name: 'build', command: 'npm run --silent build' },
  { name: 'interop', command: 'npm run --silent interop -- --seed 1 --messages 5000 --loss 0.1 --reorder 8' },
  { name: 'demo', command: 'npm run --silent demo -- --json' },
  { name: 'start', command: 'npm run --silent start:check' },
  { name: 'journeys', command: 'npm run --silent journeys' },
]

function run(command: string): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: 'inherit' })
    child.on('close', (code) => resolve(code ?? 1))
  })
}

const { values } = parseArgs({ options: { only: { type: 'string' } } })
const wanted = values.only?.split(',')
const results: { name: string; ok: boolean; seconds: number }[] = []
for (const step of steps.filter(({ name }) => wanted === undefined || wanted.includes(name))) {
  console.log(`\n── ${step.name}: ${step.command}`)
  const startedMs = Date.now()
  const ok = (await run(step.command)) === 0
  results.push({ name: step.name, ok, seconds: Math.round((Date.now() - startedMs) / 1000) })
}

console.log('')
for (const { name, ok, seconds } of results)
  console.log(`${ok ? 'passed' : 'FAILED'}  ${name} (${seconds} s)`)
const failed = results.filter(({ ok }) => !ok).length
console.log(`${results.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 && results.length > 0 ? 0 : 1
