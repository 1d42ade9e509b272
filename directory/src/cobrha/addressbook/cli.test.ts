import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type SandboxServer, startSandboxServer } from '../../sandbox-server/server.ts'

let server: SandboxServer
beforeAll(async () => {
  server = await startSandboxServer({ seed: 1, people: 20 })
})
afterAll(() => server.close())

async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const cli = new URL('./cli.ts', import.meta.url).pathname
  const started = spawn(process.execPath, ['--import', 'tsx', cli, '--source', server.url, ...args])
  let [out, err] = ['', '']
  started.stdout.on('data', (chunk) => {
    out += chunk
  })
  started.stderr.on('data', (chunk) => {
    err += chunk
  })
  const code = await new Promise<number | null>((resolve) => started.once('close', resolve))
  return { code, out, err }
}

describe('npm run directory:addressbook', () => {
  it('shows who is found, where they are, and no national number', async () => {
    const search = await run('--last-name', 'van den berghe*', '--profession', 'PHYSICIAN', '--json')
    expect(search).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(search.out)).toMatchObject({ firstName: 'FRANÇOISE' })
    expect(search.out).not.toMatch(/82042605839|ssin/i)
    const contact = await run('--contact', '--nihii', '18749704477')
    expect(contact.out).toMatch(
      /VAN DEN BERGHE FRANÇOISE {2}PHYSICIAN 18749704004\n {4}.* 1050 Ixelles\n {4}eHealthBox/,
    )
  })

  it('says what the service would refuse', async () => {
    const refused = await run('--last-name', 'LEMAIRE', '--zip', '1160')
    expect(refused).toMatchObject({ code: 2, out: '' })
    expect(refused.err).toBe('This combination of search criteria is not supported. (criteria-combination)\n')
  })
})
