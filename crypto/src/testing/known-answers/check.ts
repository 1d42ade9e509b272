/**
 * The shape of a check against published answers. A check runs wherever there is JavaScript: it knows no test runner, no
 * file system and no Node, so that the very same code runs in Node and in a browser.
 */
import { bytesToHex } from '../../primitives/bytes.ts'

/** Reads one of the large files that lie outside the repository; gives nothing when it is absent. */
export type ReadVectors = (file: string) => Promise<unknown>

export interface Check {
  /** What is checked, and against which source. */
  readonly name: string
  /** The files that it needs from `shared/vectors`; none when absent. */
  readonly needs?: readonly string[]
  /** @returns how many cases were looked at @throws Error naming the first case that failed */
  run(read: ReadVectors): Promise<number>
}

export interface CheckResult {
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'absent'
  readonly cases: number
  readonly milliseconds: number
  /** Which case failed, for people. */
  readonly reason?: string
}

export async function runCheck(check: Check, read: ReadVectors): Promise<CheckResult> {
  const startedMs = performance.now()
  const result = (outcome: CheckResult['outcome'], cases: number, reason?: string): CheckResult => ({
    name: check.name,
    outcome,
    cases,
    milliseconds: Math.round(performance.now() - startedMs),
    ...(reason === undefined ? {} : { reason }),
  })
  for (const file of check.needs ?? []) {
    if ((await read(file)) === undefined) return result('absent', 0)
  }
  try {
    const cases = await check.run(read)
    return cases > 0 ? result('passed', cases) : result('failed', 0, 'no case was looked at')
  } catch (error) {
    return result('failed', 0, error instanceof Error ? `${error.name}: ${error.message}` : 'unknown')
  }
}

export function expectEqual(actual: Uint8Array | string | undefined, wanted: string, what: string): void {
  const text = actual instanceof Uint8Array ? bytesToHex(actual) : actual
  if (text !== wanted) throw new Error(`${what}: gave ${String(text).slice(0, 40)}`)
}

export function expectTrue(condition: boolean, what: string): void {
  if (!condition) throw new Error(what)
}

/** The value, or nothing when the code refuses. */
export async function attempt<T>(act: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await act()
  } catch {
    return undefined
  }
}
