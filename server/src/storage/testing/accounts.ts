import { expect, it } from 'vitest'
import type { NewAccount } from '../interfaces.ts'
import {
  bytes,
  hex,
  newAccountId,
  nowMs,
  personId,
  register,
  registration,
  sha256,
  submission,
} from './samples.ts'
import type { StorageUnderTest } from './subject.ts'

function account(person: string, changes: Partial<NewAccount> = {}): NewAccount {
  return {
    accountId: newAccountId(),
    personId: personId(person),
    identityKey: bytes(33),
    proof: { kind: 'oidc', atMs: nowMs },
    createdAtMs: nowMs,
    ...changes,
  }
}

const oidc = { issuer: 'https://iam.example/realm', subject: 'subject-1' }

export function accountCases(subject: StorageUnderTest): void {
  it('finds an account by id, person and subject, also after it was opened again', async () => {
    const created = account('p1', { oidc })
    expect(await subject.storage.accounts.create(created)).toBe('created')
    await subject.reopen()
    const { accounts } = subject.storage
    for (const found of [
      await accounts.byId(created.accountId),
      await accounts.byPersonId(created.personId),
      await accounts.bySubject(oidc),
    ]) {
      expect(found).toMatchObject({
        accountId: created.accountId,
        personId: 'p1',
        proof: created.proof,
        oidc,
      })
      expect(hex(found?.identityKey)).toBe(hex(created.identityKey))
      expect(found?.login).toBeUndefined()
    }
    expect(await accounts.bySubject({ ...oidc, subject: 'other' })).toBeUndefined()
  })

  it('keeps one account per person and per subject, also when raced', async () => {
    const { accounts } = subject.storage
    const results = await Promise.all([1, 2, 3].map(() => accounts.create(account('p1', { oidc }))))
    expect(results.sort()).toEqual(['created', 'person_taken', 'person_taken'])
    expect(await accounts.create(account('p2', { oidc }))).toBe('subject_taken')
    expect(await accounts.create(account('p2'))).toBe('created')
    expect(await accounts.create(account('p3'))).toBe('created')
  })

  it('gives a login name to one account only', async () => {
    const { accounts } = subject.storage
    const [first, second] = [account('p1'), account('p2')]
    await accounts.create(first)
    await accounts.create(second)
    const login = { name: 'dr.sandbox', passwordHash: '$argon2id$one' }
    expect(await accounts.setLogin(first.accountId, login)).toBe('set')
    expect(await accounts.setLogin(second.accountId, login)).toBe('login_taken')
    expect(await accounts.setLogin(newAccountId(), { ...login, name: 'x' })).toBe('no_account')
    expect(await accounts.setLogin(first.accountId, { ...login, passwordHash: '$argon2id$two' })).toBe('set')
    expect((await accounts.byLoginName('dr.sandbox'))?.login?.passwordHash).toBe('$argon2id$two')
  })

  it('calls reachable only who has a device', async () => {
    const { accounts } = subject.storage
    const { accountId } = await register(subject.storage, registration('with-device'))
    await accounts.create(account('without-device'))
    const people = ['with-device', 'without-device', 'nobody'].map(personId)
    expect([...(await accounts.reachable(people))]).toEqual([['with-device', accountId]])
  })

  it('lists the reachable page by page, in the order of their ids', async () => {
    const { accounts } = subject.storage
    for (const person of ['c', 'a', 'b']) await register(subject.storage, registration(person))
    await accounts.create(account('without-device'))
    expect(await accounts.listReachable(undefined, 2)).toEqual(['a', 'b'])
    expect(await accounts.listReachable(personId('b'), 2)).toEqual(['c'])
    expect(await accounts.listReachable(personId('c'), 2)).toEqual([])
  })

  it('erases everything of an account and nothing of another', async () => {
    const { accounts, devices, envelopes, keys, push, tickets } = subject.storage
    const gone = await register(subject.storage, registration('gone', { oidc }))
    const kept = await register(subject.storage, registration('kept'))
    const subscription = { endpoint: 'https://push.example/1', p256dh: bytes(65), auth: bytes(16) }
    for (const address of [gone, kept]) {
      await envelopes.submit(submission(address.accountId))
      await push.set(address, subscription)
    }
    for (const person of ['gone', 'kept']) {
      const ticket = { personId: personId(person), value: '{}', expiresAtMs: nowMs + 1 }
      await tickets.put({ kind: 'sign_in_session', hash: sha256(person), ...ticket })
    }

    await accounts.delete(gone.accountId)
    await accounts.delete(newAccountId())

    expect(await accounts.byPersonId(personId('gone'))).toBeUndefined()
    expect(await accounts.bySubject(oidc)).toBeUndefined()
    expect(await devices.listByAccount(gone.accountId)).toEqual([])
    expect(await envelopes.queueLength(gone)).toBe(0)
    expect(await keys.takeBundles(gone.accountId, { oneTime: true })).toBeUndefined()
    expect(await push.get(gone)).toBeUndefined()
    expect(await tickets.read('sign_in_session', sha256('gone'), nowMs)).toBeUndefined()

    expect(await accounts.byPersonId(personId('kept'))).toBeDefined()
    expect(await envelopes.queueLength(kept)).toBe(1)
    expect(await push.get(kept)).toMatchObject({ endpoint: subscription.endpoint })
    expect(await tickets.read('sign_in_session', sha256('kept'), nowMs)).toBeDefined()
  })
}
