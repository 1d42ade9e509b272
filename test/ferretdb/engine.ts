/**
 * FerretDB, which speaks MongoDB's language over SQLite, compiled from its Go module as a server for tests.
 * The program is kept under `node_modules/.cache`; the first build fetches the module and takes about a minute.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync } from 'node:fs'
import { mkdir, readFile, rename } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const folder = fileURLToPath(new URL('.', import.meta.url))
const cache = fileURLToPath(new URL('../../node_modules/.cache/pli-ferretdb/', import.meta.url))
const sources = ['main.go', 'door.go', 'go.mod', 'go.sum']

/** Where an executable is, on the path or where its installer puts it. */
export function findExecutable(name: string, ...usualFolders: string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...usualFolders]
  return folders.map((one) => join(one, name)).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The program, or why there is none here. Throws when it does not compile. */
export async function buildFerretDb(
  say: (line: string) => void,
): Promise<{ program: string } | { skipped: string }> {
  const go = findExecutable('go', '/usr/local/go/bin')
  if (go === undefined) return { skipped: 'neither mongod nor go is installed, and MONGODB_URI is not set' }
  const program = join(cache, `ferretdb-${await fingerprint(go)}`)
  if (existsSync(program)) return { program }
  await mkdir(cache, { recursive: true })
  const options = { cwd: folder, env: { ...process.env, GOFLAGS: '-mod=readonly -buildvcs=false' } }
  say('FerretDB is fetched and compiled, once.')
  try {
    await run(go, ['mod', 'download', 'github.com/FerretDB/FerretDB'], options)
  } catch {
    return { skipped: 'the Go module of FerretDB cannot be fetched here' }
  }
  const startedMs = Date.now()
  const unfinished = `${program}.${process.pid}`
  await run(go, ['build', '-o', unfinished, '.'], options)
  await rename(unfinished, program)
  say(`Compiled in ${Math.round((Date.now() - startedMs) / 1000)} s.`)
  return { program }
}

async function fingerprint(go: string): Promise<string> {
  const hash = createHash('sha256').update((await run(go, ['version'])).stdout)
  for (const name of sources) hash.update(await readFile(join(folder, name)))
  return hash.digest('hex').slice(0, 16)
}
