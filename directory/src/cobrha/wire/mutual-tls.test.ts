import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type SandboxServer, startSandboxServer } from '../../sandbox-server/server.ts'
import { createAddressBook } from '../addressbook/address-book.ts'
import { createCobrhaSource } from '../register/cobrha-source.ts'
import {
  authority,
  clientCertificate,
  clientKey,
  otherAuthority,
  serverCertificate,
  serverKey,
  strangerCertificate,
  strangerKey,
} from '../testing/certificates.ts'
import { readTlsFiles, samlTokenFromFile } from './connection.ts'
import type { TlsIdentity } from './http-wire.ts'

const ssinKey = new Uint8Array(32).fill(5)
let server: SandboxServer
let folder: string

beforeAll(async () => {
  server = await startSandboxServer({
    seed: 1,
    people: 20,
    needsSaml: true,
    tls: { certificate: serverCertificate, key: serverKey, clientAuthority: authority },
  })
  folder = await mkdtemp(join(tmpdir(), 'pli-tls-'))
  await Promise.all([
    writeFile(join(folder, 'client.pem'), clientCertificate),
    writeFile(join(folder, 'client.key'), clientKey),
    writeFile(join(folder, 'authority.pem'), authority),
    writeFile(
      join(folder, 'assertion.xml'),
      '<s:Assertion xmlns:s="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="_1"/>',
    ),
  ])
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

async function fetchWith(tls: TlsIdentity): Promise<unknown> {
  const source = createCobrhaSource({ url: server.url, ssinKey, tls, tries: 1 })
  try {
    return await source.fetchPerson('demo-kevin')
  } finally {
    source.close()
  }
}

describe('mutual TLS', () => {
  it('lets the relay in with the certificate and the token that lie in files', async () => {
    const tls = await readTlsFiles({
      certificateFile: join(folder, 'client.pem'),
      keyFile: join(folder, 'client.key'),
      authorityFile: join(folder, 'authority.pem'),
    })
    expect(await fetchWith(tls)).toMatchObject({ kind: 'person', person: { lastName: 'Oulad-Haddou' } })
    const book = createAddressBook({
      url: `${server.url}/AddressBook/v1`,
      ssinKey,
      tls,
      samlToken: samlTokenFromFile(join(folder, 'assertion.xml')),
    })
    expect(await book.searchProfessionals({ nihii: '18749704' })).toHaveLength(1)
    book.close()
  })

  it('keeps out whoever has no certificate or one of a stranger', async () => {
    // With TLS 1.3 a refused client may learn of it as a broken connection only.
    const refused = expect.objectContaining({
      code: expect.stringMatching(/^source-una(uthorised|vailable)$/),
    })
    await expect(fetchWith({ authority })).rejects.toThrow(refused)
    await expect(
      fetchWith({ authority, certificate: strangerCertificate, key: strangerKey }),
    ).rejects.toThrow(refused)
  })

  it('trusts no server that its authority did not sign', async () => {
    const unauthorised = expect.objectContaining({ code: 'source-unauthorised' })
    const ours = { certificate: clientCertificate, key: clientKey }
    await expect(fetchWith({ ...ours, authority: otherAuthority })).rejects.toThrow(unauthorised)
    await expect(fetchWith(ours)).rejects.toThrow(unauthorised)
  })
})
