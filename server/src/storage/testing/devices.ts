import { expect, it } from 'vitest'
import {
  bytes,
  deviceKeys,
  hex,
  nowMs,
  personId,
  register,
  registration,
  sha256,
  submission,
} from './samples.ts'
import type { StorageUnderTest } from './subject.ts'

const oidc = { issuer: 'https://iam.example/realm', subject: 'subject-1' }

export function deviceCases(subject: StorageUnderTest): void {
  it('registers the account with its first device, and finds the device by its token', async () => {
    const tokenHash = bytes(32)
    const { accountId, deviceId, replaced } = await register(
      subject.storage,
      registration('p1', { tokenHash, oidc }),
    )
    expect([deviceId, replaced]).toEqual([1, []])
    await subject.reopen()
    const { accounts, devices } = subject.storage
    expect(await accounts.byPersonId(personId('p1'))).toMatchObject({ accountId, oidc })
    const expected = {
      accountId,
      deviceId: 1,
      registrationId: 77,
      lastSeenDay: '2026-05-04',
      createdAtMs: nowMs,
    }
    expect(await devices.byTokenHash(tokenHash)).toMatchObject(expected)
    expect(await devices.byTokenHash(bytes(32))).toBeUndefined()
    await devices.touch({ accountId, deviceId }, '2026-05-05')
    expect((await devices.listByAccount(accountId)).map((device) => device.lastSeenDay)).toEqual([
      '2026-05-05',
    ])
  })

  it('does not touch an existing device unless told to', async () => {
    const { devices, accounts } = subject.storage
    const first = registration('p1')
    const { accountId } = await register(subject.storage, first)
    expect(await devices.register(registration('p1'))).toEqual({ outcome: 'device_exists' })
    expect(await devices.byTokenHash(first.tokenHash)).toBeDefined()
    expect(hex((await accounts.byId(accountId))?.identityKey)).toBe(hex(first.identityKey))
  })

  it('cuts a replaced device off: token, keys, queue and push go, and the sender learns of it', async () => {
    const { accounts, devices, envelopes, keys, push } = subject.storage
    const first = registration('p1', { keys: deviceKeys([1, 2]) })
    const old = await register(subject.storage, first)
    await envelopes.submit(submission(old.accountId, { key: 'lost' }))
    await push.set(old, { endpoint: 'https://push.example/1', p256dh: bytes(65), auth: bytes(16) })

    const second = registration('p1', { replaceExisting: true, keys: deviceKeys([1]), registrationId: 78 })
    const fresh = await register(subject.storage, second)

    expect(fresh).toEqual({ accountId: old.accountId, deviceId: 2, replaced: [1] })
    expect(await devices.byTokenHash(first.tokenHash)).toBeUndefined()
    expect(hex((await accounts.byId(old.accountId))?.identityKey)).toBe(hex(second.identityKey))
    expect(await envelopes.list(old, { afterSequence: 0, maxEnvelopes: 9, maxBytes: 999 })).toEqual([])
    expect(await envelopes.states([sha256('lost')])).toEqual(['expired'])
    expect(await push.get(old)).toBeUndefined()
    expect(await keys.counts(old)).toEqual({ preKeys: 0, kyberPreKeys: 0 })
    expect(await keys.counts(fresh)).toEqual({ preKeys: 1, kyberPreKeys: 1 })
  })

  it('pins the first subject and refuses another, for the account and for the subject', async () => {
    const { devices } = subject.storage
    await register(subject.storage, registration('p1', { proof: { kind: 'operator_code', atMs: nowMs } }))
    const replaceExisting = true
    await register(subject.storage, registration('p1', { oidc, replaceExisting }))
    const other = { ...oidc, subject: 'subject-2' }
    const outcomes = [
      await devices.register(registration('p1', { oidc: other, replaceExisting })),
      await devices.register(registration('p2', { oidc })),
      await devices.register(registration('p1', { oidc, replaceExisting })),
    ].map((result) => result.outcome)
    expect(outcomes).toEqual(['subject_mismatch', 'subject_mismatch', 'registered'])
  })

  it('does not use a device id again until the range is spent', async () => {
    const ids: number[] = []
    for (let count = 0; count < 129; count += 1) {
      ids.push((await register(subject.storage, registration('p1', { replaceExisting: true }))).deviceId)
    }
    expect(ids.slice(0, 127)).toEqual(Array.from({ length: 127 }, (_, index) => index + 1))
    expect(ids.slice(127)).toEqual([1, 2])
  })

  it('removes by the revocation token’s hash that one device, with all it held, once', async () => {
    const lost = registration('p1', { keys: deviceKeys([1]) })
    const kept = registration('p2')
    const [address, other] = [await register(subject.storage, lost), await register(subject.storage, kept)]
    await subject.storage.envelopes.submit(submission(address.accountId, { key: 'waiting' }))
    await subject.reopen()
    const { devices, envelopes, keys } = subject.storage
    expect(await devices.removeByRevocationHash(bytes(32))).toBeUndefined()
    expect(await devices.removeByRevocationHash(lost.tokenHash)).toBeUndefined()
    expect(await devices.byTokenHash(lost.revocationHash)).toBeUndefined()
    expect(await devices.removeByRevocationHash(lost.revocationHash)).toMatchObject({
      accountId: address.accountId,
      deviceId: address.deviceId,
    })
    expect(await devices.removeByRevocationHash(lost.revocationHash)).toBeUndefined()
    expect(await devices.byTokenHash(lost.tokenHash)).toBeUndefined()
    expect(await keys.counts(address)).toEqual({ preKeys: 0, kyberPreKeys: 0 })
    expect(await envelopes.states([sha256('waiting')])).toEqual(['expired'])
    expect(await devices.byAddress(other)).toBeDefined()
  })

  it('removes a device once', async () => {
    const { devices } = subject.storage
    const address = await register(subject.storage, registration('p1'))
    expect(await devices.remove(address)).toBe(true)
    expect(await devices.remove(address)).toBe(false)
    expect(await devices.byAddress(address)).toBeUndefined()
    expect((await register(subject.storage, registration('p1'))).deviceId).toBe(2)
  })
}
