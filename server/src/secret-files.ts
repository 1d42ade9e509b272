/**
 * Settings that hold a secret, given as a file: `REDIS_URL_FILE=/run/secrets/redis_url` for `REDIS_URL`, as containers hand
 * secrets over. Not concerned with what they mean.
 */
import { readFileSync } from 'node:fs'
import { StartRefusal } from './start-refusal.ts'

const secret = [
  'MONGODB_URI',
  'REDIS_URL',
  'VAPID_PRIVATE_KEY',
  'DIRECTORY_FHIR_KEY',
  'DIRECTORY_TLS_KEY_PASSPHRASE',
]

type Variables = Record<string, string | undefined>

/** The same settings, with what the files hold. Throws StartRefusal. */
export function withSecretFiles(source: Variables): Variables {
  const found: Variables = {}
  for (const name of secret) {
    const file = source[`${name}_FILE`]
    if (!file) continue
    if (source[name])
      throw new StartRefusal(`${name} and ${name}_FILE are the same setting: set one of them.`)
    found[name] = readSecretFile(`${name}_FILE`, file).trim()
  }
  return { ...source, ...found }
}

/** The sentence names the variable, never the file's content. Throws StartRefusal. */
export function readSecretFile(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new StartRefusal(`${variable} names a file that cannot be read.`)
  }
}
