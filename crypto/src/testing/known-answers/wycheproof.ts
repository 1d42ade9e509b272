/**
 * Wycheproof's files (C2SP/wycheproof, Apache-2.0): the traps that other implementations fell into. They are large and lie
 * outside the repository.
 */
import { hexToBytes } from '../../primitives/bytes.ts'
import type { ReadVectors } from './check.ts'

export type WycheproofCase = Readonly<Record<string, string>> & {
  readonly result: 'valid' | 'invalid' | 'acceptable'
  readonly flags?: readonly string[]
  readonly tcId: string
}

export interface WycheproofGroup {
  readonly keySize?: number
  readonly ivSize?: number
  readonly tagSize?: number
  readonly publicKey?: { readonly pk?: string }
  readonly tests: readonly WycheproofCase[]
}

/** Calls `check` for every case; gives how many there were. @throws Error when cases are missing */
export async function forEachCase(
  read: ReadVectors,
  file: string,
  check: (test: WycheproofCase, group: WycheproofGroup) => void | Promise<void>,
): Promise<number> {
  const { testGroups, numberOfTests } = (await read(file)) as {
    testGroups: readonly WycheproofGroup[]
    numberOfTests: number
  }
  let seen = 0
  for (const group of testGroups) {
    for (const test of group.tests) {
      await check(test, group)
      seen++
    }
  }
  if (seen !== numberOfTests) throw new Error(`${file}: ${seen} of ${numberOfTests} cases`)
  return seen
}

export const hex = (test: WycheproofCase, name: string): Uint8Array => hexToBytes(test[name] ?? '')
