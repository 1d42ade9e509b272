/**
 * Rules about secrets that no type checker knows, read from the source: where randomness comes from, what is compared how,
 * what of a dependency is used, and that no table is looked up by a secret.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('.', import.meta.url))

/** The product's own source, without comments. */
const sources = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !/(^|\/)testing\//.test(path))
  .map((path) => ({ path, code: withoutComments(readFileSync(`${ROOT}${path}`, 'utf8')) }))

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '')
}

/** The files in which a pattern occurs. */
function filesWith(pattern: RegExp): string[] {
  return sources.filter(({ code }) => pattern.test(code)).map(({ path }) => path)
}

it('sees the source', () => {
  expect(sources.length).toBeGreaterThan(50)
  expect(filesWith(/hmacSha256/)).toContain('primitives/hash.ts')
})

it('draws randomness in one place, from WebCrypto', () => {
  expect(filesWith(/getRandomValues/)).toEqual(['primitives/random.ts'])
  expect(filesWith(/Math\.random|randomSecretKey|randomUUID|randomFill/)).toEqual([])
  // noble's own generator: key generation and encapsulation are always given what they draw
  expect(filesWith(/\.keygen\(\s*\)|ml_kem\d+\.encapsulate\((?:[^,()]|\([^()]*\))*\)/)).toEqual([])
  expect(filesWith(/import[^;]*\brandomBytes\b[^;]*from '@noble/)).toEqual([])
})

it('lets only tests replace randomness', () => {
  expect(filesWith(/replaceRandomSource/)).toEqual(['primitives/random.ts'])
})

it('uses no private part of a dependency', () => {
  expect(filesWith(/__tests|__TEST/)).toEqual([])
  expect(filesWith(/from '@noble\/[^']*\/(src|esm)\/|from '@noble\/[^']*\/_/)).toEqual([])
})

it('compares authentication tags, digests and keys without an early exit', () => {
  expect(filesWith(/\.every\([^)]*=>[^)]*===[^)]*(mac|tag|digest|secret|key)\b/i)).toEqual([])
  expect(filesWith(/bytesToHex\([^)]*\)\s*[!=]==/)).toEqual([])
  for (const file of [
    'session/triple-ratchet.ts',
    'session/spqr/braid-receive.ts',
    'sealed-sender/keys.ts',
  ]) {
    expect(filesWith(/bytesEqual\(/)).toContain(file)
  }
})

it('keeps its only tables to public data: chunks of the erasure code, and the transform’s constants', () => {
  expect(filesWith(/\b(logarithms|powers)\[/)).toEqual(['session/spqr/galois-field.ts'])
  expect(filesWith(/from '[./]*galois-field\.ts'/).sort()).toEqual([
    'session/spqr/erasure-code-codec.ts',
    'session/spqr/erasure-code.ts',
  ])
  expect(filesWith(/\b(ZETAS|GAMMAS)\[/)).toEqual(['primitives/ml-kem-polynomial.ts'])
})

it('writes to no log', () => {
  expect(filesWith(/\bconsole\./)).toEqual([])
})
