import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openRecordStore } from '../store/open-store.ts'
import { describeStore } from '../store/suite.ts'
import { createFileLocks } from './file-locks.ts'
import { openFileStorage } from './file-storage.ts'

const folders: string[] = []
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pli-client-'))
  folders.push(folder)
  return folder
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

describeStore('SQLite', async () => {
  const storage = openFileStorage(makeFolder())
  return { open: () => storage.openRows('account'), erase: async () => storage.close() }
})

describe('a folder as the device', () => {
  it('keeps its records over a restart, and changes them in one step', async () => {
    const folder = makeFolder()
    const first = openFileStorage(folder)
    await first.records.update('account:b', () => ({ bytes: Uint8Array.of(1, 2), text: 'b' }))
    await first.records.update('account:a', () => 1)
    await first.records.update('other', () => 1)
    first.close()
    const second = openFileStorage(folder)
    expect(await second.records.list('account:')).toEqual([
      { key: 'account:a', value: 1 },
      { key: 'account:b', value: { bytes: Uint8Array.of(1, 2), text: 'b' } },
    ])
    expect(await second.records.update('account:a', (before) => Number(before) + 1)).toBe(2)
    await second.records.update('other', () => undefined)
    expect(await second.records.get('other')).toBeUndefined()
    second.close()
  })

  it('loses no commit to kill -9, and gives the lock of the killed process to the next', async () => {
    const folder = makeFolder()
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', new URL('./testing/committing-child.ts', import.meta.url).pathname, folder],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let printed = ''
    child.stdout.on('data', (chunk) => {
      printed += chunk
    })
    while (printed.split('\n').length < 20) await once(child.stdout, 'data')
    const held: string[] = []
    const leave = createFileLocks(folder).request('account', {
      held: () => held.push('held'),
      taken: () => held.push('taken'),
    })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(held).toEqual([])
    child.kill('SIGKILL')
    await once(child, 'exit')

    const acknowledged = printed.split('\n').slice(0, -1)
    const storage = openFileStorage(folder)
    const store = await openRecordStore({
      rows: await storage.openRows('account'),
      dataKey: new Uint8Array(32).fill(7),
    })
    const found = await store.getMany('preKeys', acknowledged)
    expect(found.filter((record) => record === undefined)).toEqual([])
    // Two records per commit: one never comes without the other.
    expect(await store.count('preKeys')).toBe(await store.count('signedPreKeys'))
    await expect.poll(() => held, { timeout: 5_000 }).toEqual(['held'])
    leave()
    store.close()
    storage.close()
  })

  it('writes nothing readable', async () => {
    const folder = makeFolder()
    const storage = openFileStorage(folder)
    const store = await openRecordStore({
      rows: await storage.openRows('account'),
      dataKey: new Uint8Array(32).fill(7),
    })
    const record = new TextEncoder().encode('canary-value')
    await store.commit([{ table: 'preKeys', key: 'canary-key', value: { record }, group: 'canary-group' }])
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
    expect(files.join('')).not.toContain('canary')
    expect(files.join('').length).toBeGreaterThan(1000)
    store.close()
    await storage.eraseRows('account')
    expect(readdirSync(folder).filter((name) => name.startsWith('account'))).toEqual([])
    storage.close()
  })
})
