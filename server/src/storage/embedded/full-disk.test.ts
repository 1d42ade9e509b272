/**
 * A disk without a free page, for the embedded store: a real one, a file system in memory that only this test's process
 * sees. Where none may be mounted the test is skipped and says so; the page limit in `npm run faults` is everywhere.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'pli-full-'))
afterAll(() => rmSync(folder, { recursive: true }))

const MOUNT = 'mount -t tmpfs -o size=40m tmpfs "$0"'
const inOwnNamespace = (script: string, ...words: string[]) =>
  spawnSync('unshare', ['--map-root-user', '--mount', 'sh', '-c', script, folder, ...words], {
    encoding: 'utf8',
  })

const isPossible = process.platform === 'linux' && inOwnNamespace(MOUNT).status === 0
if (!isPossible) console.log('skipped: a full disk: no file system may be mounted here')

it.skipIf(!isPossible)(
  'survives it: refuses with a code, loses nothing, and goes on when there is room',
  () => {
    const child = fileURLToPath(new URL('../testing/full-disk-child.ts', import.meta.url))
    const script = `${MOUNT} && exec "$1" --import tsx "$2" "$0"`
    const { status, stdout, stderr } = inOwnNamespace(script, process.execPath, child)
    expect([status, stderr]).toEqual([0, ''])
    const { outcomes, onFullDisk, afterwards, waiting, listed } = JSON.parse(stdout)
    expect(outcomes).toEqual(['stored', 'unavailable'])
    // Perhaps there is room for that in the log, perhaps not: it is answered either way.
    for (const answer of onFullDisk) expect(['acknowledged', 'unavailable']).toContain(answer)
    expect(afterwards).toEqual(['stored', 'acknowledged'])
    expect(listed).toBe(waiting)
  },
)
