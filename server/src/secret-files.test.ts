import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readConfig } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'pli-secrets-'))
const file = join(folder, 'uri')
writeFileSync(file, 'mongodb://pli:a-password@db/pli\n')
afterAll(() => rmSync(folder, { recursive: true }))

it('takes a setting from the file that holds it', () => {
  const config = readConfig({ PLI_MODE: 'sandbox', MONGODB_URI_FILE: file })
  expect(config.mongodbUri).toBe('mongodb://pli:a-password@db/pli')
})

it('says what is wrong with it, and never what is in it', () => {
  const both = { PLI_MODE: 'sandbox', MONGODB_URI: 'mongodb://db', MONGODB_URI_FILE: file }
  expect(() => readConfig(both)).toThrow('MONGODB_URI and MONGODB_URI_FILE are the same setting')
  expect(() => readConfig({ PLI_MODE: 'sandbox', REDIS_URL_FILE: join(folder, 'nowhere') })).toThrow(
    'REDIS_URL_FILE names a file that cannot be read.',
  )
  try {
    readConfig({ PLI_MODE: 'sandbox', MONGODB_URI: 'mongodb://db', REDIS_URL_FILE: file })
    expect.unreachable()
  } catch (error) {
    expect(String(error)).toMatch(/REDIS_URL must be an address/)
    expect(String(error)).not.toContain('a-password')
  }
})

it('joins relays only over a store that they can share', () => {
  const lonely = { PLI_MODE: 'sandbox', REDIS_URL: 'redis://localhost:6379' }
  expect(() => readConfig(lonely)).toThrow('REDIS_URL joins relays over one MongoDB: set MONGODB_URI too')
})
