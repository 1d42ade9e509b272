import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const command = ['--import', 'tsx', fileURLToPath(new URL('./cli.ts', import.meta.url))]
const run = (...args: string[]): string =>
  execFileSync(process.execPath, [...command, '--people', '200', ...args], { encoding: 'utf8' })

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
    const tooLong = spawnSync(process.execPath, [...command, 'a'.repeat(121)], { encoding: 'utf8' })
    expect(tooLong.status).toBe(2)
    expect(tooLong.stderr).toMatch(/120 characters/)
    expect(spawnSync(process.execPath, command, { encoding: 'utf8' }).stderr).toMatch(/^Usage/)
  })
})
