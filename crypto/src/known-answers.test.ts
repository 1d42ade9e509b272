/**
 * Published answers, in Node. The same checks run in Chromium: see `test/vectors-browser/`.
 *
 * Wycheproof's files lie outside the repository, in `../shared/vectors` beside it (C2SP/wycheproof, Apache-2.0). Where they
 * are absent their checks are skipped, and the run says so.
 */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checks, type ReadVectors, runCheck } from './testing/known-answers/index.ts'

const FOLDER = new URL('../../../shared/vectors/', import.meta.url)
const isPresent = (files: readonly string[] = []) => files.every((file) => existsSync(new URL(file, FOLDER)))
if (!existsSync(FOLDER))
  console.warn('Wycheproof vectors are not beside this repository: their checks are skipped.')

const read: ReadVectors = async (file) => {
  const path = new URL(file, FOLDER)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as unknown) : undefined
}

describe('known answers', () => {
  for (const check of checks) {
    it.skipIf(!isPresent(check.needs))(check.name, async () => {
      const result = await runCheck(check, read)
      expect(result.reason).toBeUndefined()
      expect(result.outcome).toBe('passed')
    })
  }
})
