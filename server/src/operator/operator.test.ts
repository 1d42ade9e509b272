/** The operator's command line, as a process of its own. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { routes } from '@pli/protocol/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../config.ts'
import { openCertificates } from '../domain/certificates/certificates.ts'
import { HttpRelay } from '../testing/http-relay.ts'

const command = fileURLToPath(new URL('../operator.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'pli-operator-'))
let relay: HttpRelay
beforeAll(async () => {
  relay = await HttpRelay.start()
})
afterAll(async () => {
  await relay.end()
  rmSync(folder, { recursive: true })
})

function operator(
  args: string[],
  dataDir = relay.dataDir,
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, DATA_DIR: dataDir }
    execFile(process.execPath, ['--import', 'tsx', command, ...args], { env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err })
    })
  })
}

describe('a code', () => {
  it('is printed by the running relay and proves its person', async () => {
    const { code: exit, out } = await operator(['code', '--person', 'nathalie'])
    expect(exit).toBe(0)
    const [code = ''] = out.split('\n')
    const body = { personId: 'demo-nathalie', code }
    expect(await relay.codeOf('POST', routes.redeemCode, { body })).toBe('ok')
  })

  it('is refused in a sentence for a stranger, and where no relay runs', async () => {
    expect(await operator(['code', '--person', 'nobody'])).toMatchObject({
      code: 1,
      err: 'The directory has no such person.\n',
    })
    expect(await operator(['code', '--person', 'nathalie'], folder)).toMatchObject({ code: 1 })
  })

  it('can be asked for by nobody but the owner of the data folder', () => {
    for (const path of [relay.dataDir, join(relay.dataDir, 'operator.sock')]) {
      expect(statSync(path).mode & 0o077).toBe(0)
    }
  })
})

describe('people who are not in the register', () => {
  it('are listed, let in, let go and refused, and all of it is in the audit trail', async () => {
    await relay.device('nathalie')
    const ask = (lastName: string) =>
      relay.ask<{ guaranteeId: string }>('POST', routes.guarantees, {
        body: {
          ...{
            requestToken: `request.${randomBytes(32).toString('base64url')}`,
            lastName,
            firstName: 'Aurore',
          },
          ...{ profession: 'Interne', place: '1050', guarantorId: 'demo-nathalie' },
        },
      })
    const [first, second] = [await ask('Desplechin'), await ask('Vanderstichelen')]
    const guarantees = (...args: string[]) => operator(['guarantees', ...args])
    const listed = await guarantees('list')
    expect(listed.out).toMatch(
      new RegExp(`${first.guaranteeId}  pending .*Aurore Desplechin .*Van den Berghe`),
    )

    expect(await guarantees('approve', '--id', first.guaranteeId)).toMatchObject({ code: 0 })
    const again = await guarantees('approve', '--id', first.guaranteeId)
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('decided or ended meanwhile')])
    expect(await guarantees('refuse', '--id', second.guaranteeId)).toMatchObject({ code: 1 })
    const refused = await guarantees('refuse', '--id', second.guaranteeId, '--reason', 'not who they say')
    expect(refused.code).toBe(0)
    expect(await guarantees('revoke', '--id', first.guaranteeId, '--reason', 'left')).toMatchObject({
      code: 0,
    })

    const { out, code } = await operator(['audit'])
    expect(code).toBe(0)
    for (const [event, id] of [
      ['approved', first.guaranteeId],
      ['refused', second.guaranteeId],
      ['revoked', first.guaranteeId],
    ]) {
      expect(out).toContain(`guarantee.${event}  by operator  about ${id}`)
    }
    expect(out).toContain('The chain is whole: 5 entries.')
    expect(out).not.toMatch(/Aurore|Desplechin|not who they say/)
  })
})

describe('certificates', () => {
  it('made offline are what production takes', async () => {
    const [root, key] = [join(folder, 'root'), join(folder, 'server.key')]
    const trustRoot = await operator(['trust-root', '--out', root])
    const server = await operator(['server-certificate', '--trust-root', root, '--out', key])
    const settings = Object.fromEntries(
      `${trustRoot.out}${server.out}`.split('\n').flatMap((line) => {
        const at = line.indexOf('=')
        return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]]
      }),
    )
    const config = readConfig({
      PLI_MODE: 'production',
      PUBLIC_URL: 'https://pli.example.be',
      OIDC_ISSUER: 'https://iam.example.be',
      OIDC_CLIENT_ID: 'pli',
      OIDC_CLIENT_KEY_FILE: root,
      VAPID_SUBJECT: 'mailto:it@example.be',
      SOURCE_URL: 'https://example.be/source',
      ...settings,
    })
    const store = { get: async () => undefined } as never
    const certificates = await openCertificates(config.certificates, store)
    expect(certificates.trustRoots).toHaveLength(1)
    expect(statSync(root).mode & 0o077).toBe(0)
    expect(await operator(['trust-root', '--out', root])).toMatchObject({ code: 1 })
  })
})
