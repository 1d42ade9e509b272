// How fast a country's directory is read and searched, and what memory it takes:
// `npm run bench:directory [-- --roles 1000000] [--json] [--quick]`. Without `--roles`: one million, then two.
// Each size is read and searched in a process of its own. Exits with 0 also when a target is missed, and says so.

import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { type Figure, printFigures, progress } from './figures.ts'
import type { Measured } from './measure.ts'

const USUAL_ROLES = [1_000_000, 2_000_000]
const QUICK_ROLES = 100_000
const LOADER = createRequire(import.meta.url).resolve('tsx')
const run = promisify(execFile)

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      roles: { type: 'string' },
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
    },
  })
  if (values.quick)
    progress(`--quick: ${QUICK_ROLES} roles instead of ${values.roles ?? USUAL_ROLES.join(' and ')}`)
  const sizes = values.quick ? [QUICK_ROLES] : values.roles ? [Number(values.roles)] : USUAL_ROLES
  if (!sizes.every((size) => Number.isInteger(size) && size > 0)) {
    progress('--roles takes a whole number.')
    process.exitCode = 2
    return
  }
  for (const size of sizes) {
    const measured = await measure(size)
    printFigures(figuresOf(size, measured), values.json)
    judge(size, measured)
  }
}

async function measure(roles: number): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'pli-directory-'))
  try {
    const file = join(folder, 'people.jsonl')
    progress(`making people with ${roles} roles …`)
    await runProgram('./make-people.ts', [file, String(roles)])
    progress(`reading and searching them (${Math.round((await stat(file)).size / 1e6)} MB of JSON) …`)
    return JSON.parse(await runProgram('./measure.ts', [file])) as Measured
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function runProgram(program: string, parameters: string[]): Promise<string> {
  const path = fileURLToPath(new URL(program, import.meta.url))
  const { stdout } = await run(process.execPath, ['--import', LOADER, path, ...parameters])
  return stdout
}

function figuresOf(roles: number, measured: Measured): Figure[] {
  const subject = `${roles} roles`
  const figure = (metric: string, value: number, unit: string): Figure => ({ metric, subject, value, unit })
  return [
    figure('search p50', measured.p50Ms, 'ms'),
    figure('search p95', measured.p95Ms, 'ms'),
    figure('search p99', measured.p99Ms, 'ms'),
    figure('ingest', measured.rolesPerSecond, 'roles/s'),
    figure('resident memory', Math.max(measured.residentAfterBuildingMb, measured.residentAtMostMb), 'MB'),
  ]
}

function judge(roles: number, measured: Measured): void {
  const { people, residentAfterBuildingMb, slowestMs, p99ProcessorMs, p99MsOfKind } = measured
  const kinds = Object.entries(p99MsOfKind).map(([kind, ms]) => `${kind} ${ms.toFixed(1)}`)
  progress(`${people} people; slowest search ${slowestMs.toFixed(1)} ms; p99 by kind: ${kinds.join(', ')}`)
  progress(
    `p99 of the processor's time ${p99ProcessorMs.toFixed(1)} ms: the clock also counts what else this machine does`,
  )
  progress(
    `${residentAfterBuildingMb.toFixed(0)} MB resident after building; the figure is the most there ever was`,
  )
  if (roles > 1_000_000) return
  if (measured.p99Ms > 20) progress('Target missed: p99 is above 20 ms.')
  if (measured.rolesPerSecond < 20_000) progress('Target missed: fewer than 20,000 roles/s are taken in.')
  if (measured.residentAtMostMb > 1024) progress('Target missed: more than 1 GB is resident.')
}

await main()
