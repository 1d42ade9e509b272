/** Sender certificates, judged by libsignal as a recipient would. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AccountId, DeviceId } from '@pli/protocol/wire'
import { IdentityKeyPair, PrivateKey, PublicKey, SenderCertificate } from '@signalapp/libsignal-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEmbeddedStorage } from '../../storage/embedded/open.ts'
import type { Storage } from '../../storage/interfaces.ts'
import { createServerCertificate, openCertificates } from './certificates.ts'

const folder = mkdtempSync(join(tmpdir(), 'pli-certificates-'))
let storage: Storage
beforeAll(async () => {
  storage = await openEmbeddedStorage(join(folder, 'pli.db'))
})
afterAll(async () => {
  await storage.close()
  rmSync(folder, { recursive: true })
})

const HOUR_MS = 3600_000
const identityKey = IdentityKeyPair.generate().publicKey.serialize()
const sender = {
  accountId: 'c0ffee00-0000-4000-8000-000000000001' as AccountId,
  deviceId: 3 as DeviceId,
  identityKey,
}

describe('a sender certificate', () => {
  it('names account, device and identity key, under the trust root, for 24 hours', async () => {
    const certificates = await openCertificates({ kind: 'generated' }, storage.installation)
    const nowMs = Date.now()
    const issued = certificates.issue(sender, nowMs)
    const certificate = SenderCertificate.deserialize(issued.certificate)
    const root = PublicKey.deserialize(certificates.trustRoots[0]!)
    expect(certificate.validate(root, nowMs)).toBe(true)
    expect(certificate.validate(root, nowMs + 23 * HOUR_MS)).toBe(true)
    expect(certificate.validate(root, nowMs + 25 * HOUR_MS)).toBe(false)
    expect(certificate.validate(PrivateKey.generate().getPublicKey(), nowMs)).toBe(false)
    expect(certificate.senderUuid()).toBe(sender.accountId)
    expect(certificate.senderDeviceId()).toBe(3)
    expect(certificate.senderE164()).toBeNull()
    expect(certificate.key().serialize()).toEqual(identityKey)
    expect(issued.expiresAtMs).toBe(certificate.expiration())
  })

  it('comes from the same root after a restart, whose private half is nowhere', async () => {
    const first = await openCertificates({ kind: 'generated' }, storage.installation)
    const second = await openCertificates({ kind: 'generated' }, storage.installation)
    expect(second.trustRoots).toEqual(first.trustRoots)
    const stored = await storage.installation.get('sandbox-certificates')
    const root = PublicKey.deserialize(first.trustRoots[0]!)
    // 32 bytes anywhere in the record: none is the root's key.
    for (let at = 0; at + 32 <= stored!.length; at += 1) {
      const candidate = PrivateKey.deserialize(new Uint8Array(stored!.subarray(at, at + 32)))
      expect(candidate.getPublicKey().equals(root)).toBe(false)
    }
  })
})

describe('certificates that were made offline', () => {
  const trustRoot = PrivateKey.generate()
  const made = createServerCertificate(trustRoot)
  const provided = {
    kind: 'provided' as const,
    trustRoots: [PrivateKey.generate().getPublicKey().serialize(), trustRoot.getPublicKey().serialize()],
    serverCertificate: made.certificate.serialize(),
    serverKey: made.key.serialize(),
  }

  it('certify senders under their root', async () => {
    const certificates = await openCertificates(provided, storage.installation)
    const { certificate } = certificates.issue(sender, Date.now())
    const parsed = SenderCertificate.deserialize(certificate)
    expect(parsed.validate(trustRoot.getPublicKey(), Date.now())).toBe(true)
  })

  it('are refused with a sentence when they do not fit together', async () => {
    const open = (changes: Partial<typeof provided>) =>
      openCertificates({ ...provided, ...changes }, storage.installation)
    const stranger = PrivateKey.generate()
    await expect(open({ trustRoots: [stranger.getPublicKey().serialize()] })).rejects.toThrow(
      'signed by none',
    )
    await expect(open({ serverKey: stranger.serialize() })).rejects.toThrow('does not belong to')
    await expect(open({ serverCertificate: new Uint8Array(40) })).rejects.toThrow('not what libsignal writes')
  })
})
