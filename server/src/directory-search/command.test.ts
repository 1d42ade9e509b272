import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateSandbox } from '@pli/directory/sandbox'
import { afterAll, describe, expect, it } from 'vitest'
import { openEmbeddedDirectory } from '../storage/embedded-directory/open.ts'

const command = ['--import', 'tsx', fileURLToPath(new URL('./command.ts', import.meta.url))]
const folder = mkdtempSync(join(tmpdir(), 'pli-search-'))
afterAll(() => rmSync(folder, { recursive: true }))

const env = { ...process.env, DATA_DIR: folder }
const spawnIt = (...args: string[]) =>
  spawnSync(process.execPath, [...command, ...args], { encoding: 'utf8', env })
const run = (...args: string[]): string =>
  execFileSync(process.execPath, [...command, '--people', '200', ...args], {
    encoding: 'utf8',
    env,
    stdio: 'pipe',
  })

describe('directory:search', () => {
  it('prints what a user would see: names, professions, places', () => {
    const printed = run('van', 'den', 'berghe', 'woluwe-saint-lambert')
    expect(printed).toMatch(
      /Van den Berghe Nathalie +pharmacien · Pharmacie Van den Berghe – De Smet, 1200 Woluwe-Saint-Lambert/,
    )
    expect(run('claeys lieven', '--lang', 'nl')).toMatch(/Claeys Lieven +huisarts · .*, 9000 Gent/)
  })

  it('searches by field', () => {
    const printed = run(
      '--last-name',
      'van den berghe',
      '--profession',
      'PHARMACIST',
      '--organisation',
      'de smet',
    )
    expect(printed).toMatch(/Van den Berghe Nathalie/)
    expect(run('--specialty', 'no-such-specialty', '--last-name', 'lemaire')).toMatch(/Nobody found/)
  })

  it('prints one JSON object on one line, without anything secret', () => {
    const printed = run('anne-sophie lemaire', '--json')
    expect(printed.trim().split('\n')).toHaveLength(1)
    expect(JSON.parse(printed)).toMatchObject({ query: 'anne-sophie lemaire', rows: expect.any(Array) })
    expect(printed).not.toMatch(/ssin|hmac/i)
  })

  it('says in a sentence what was wrong', () => {
    expect(run('10476296')).toMatch(/check digits of this NIHII number are wrong/)
    expect(run('lemaire nieuwpoort')).toMatch(/Nobody found .* elsewhere: search without the place/)
    const tooLong = spawnIt('a'.repeat(121), '--people', '200')
    expect(tooLong.status).toBe(2)
    expect(tooLong.stderr).toMatch(/120 characters/)
    expect(spawnIt().stderr).toMatch(/^Usage/)
  })

  it('searches the register that was taken in, where there is one', async () => {
    const store = await openEmbeddedDirectory(folder)
    const writer = await store.openWriter()
    const startedAtMs = Date.now()
    await writer.beginStaging({ source: 'cobrha', sourceVersion: '1', feedPosition: '0', startedAtMs })
    const [somebody] = generateSandbox({ seed: 5, people: 100 }).people
    const people = [{ ...somebody!, lastName: 'Zwartenbroeckx', deceased: false }]
    await writer.stage({ people, setAside: [], refusedRoles: [], cursor: '1', isLast: true })
    await writer.swap(startedAtMs)
    await writer.close()
    await store.close()
    const found = spawnIt('zwartenbroeckx')
    expect(found.stderr).toContain('In the register that was taken in: 1 people')
    expect(found.stdout).toContain('Zwartenbroeckx')
    expect(run('zwartenbroeckx')).toContain('Nobody found')
  })
})
