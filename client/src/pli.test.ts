import { describe, expect, it, vi } from 'vitest'
import {
  an,
  bo,
  createTestDevice,
  PIN,
  registerPerson,
  registration,
  type TestDevice,
  WRONG_PIN,
} from './accounts/testing/device.ts'
import { openRecordStore } from './store/open-store.ts'
import { createVault } from './vault/vault.ts'

async function namesUnder(device: TestDevice, prefix: string): Promise<string[]> {
  return (await device.storage.records.list(prefix)).map(({ key }) => key.slice(prefix.length))
}

describe('signing in', () => {
  it('survives the redirect: another page of the same tab redeems the ticket', async () => {
    const device = createTestDevice()
    const before = await device.openTab('tab')
    const { url } = await before.beginSignIn({ personId: an.personId, returnTo: '/welcome', language: 'nl' })
    expect(new URL(url).searchParams.get('returnTo')).toBe('/welcome')
    const after = await device.openTab('tab')
    const pending = await after.completeSignIn(device.relay.ticketFor(url))
    expect(pending).toMatchObject({ person: { personId: 'an' }, existingDevices: [] })
    expect(await (await device.openTab('tab')).pendingRegistration()).toEqual(pending)
    device.clock.atMs += 15 * 60_000 + 1
    expect(await after.pendingRegistration()).toBeUndefined()
    await expect(after.register({ pendingId: pending.pendingId, ...registration })).rejects.toMatchObject({
      code: 'pending_expired',
    })
  })

  it('goes on for two people side by side', async () => {
    const device = createTestDevice()
    const [first, second] = [await device.openTab('one'), await device.openTab('two')]
    const start = { returnTo: '/', language: 'fr' as const }
    const { url: ofAn } = await first.beginSignIn({ personId: an.personId, ...start })
    const { url: ofBo } = await second.beginSignIn({ personId: bo.personId, ...start })
    expect(await first.completeSignIn(device.relay.ticketFor(ofAn))).toMatchObject({ person: an })
    expect(await second.completeSignIn(device.relay.ticketFor(ofBo))).toMatchObject({ person: bo })
  })

  it('finds its verifier when the provider returns into a new tab, and keeps it while the relay is away', async () => {
    const device = createTestDevice()
    const { url } = await (await device.openTab('one')).beginSignIn({
      personId: an.personId,
      returnTo: '/',
      language: 'fr',
    })
    const returned = await device.openTab('two')
    await expect(returned.completeSignIn('an wrong')).rejects.toMatchObject({ code: 'ticket_invalid' })
    expect(await returned.completeSignIn(device.relay.ticketFor(url))).toMatchObject({ person: an })
    await expect(returned.completeSignIn(device.relay.ticketFor(url))).rejects.toMatchObject({
      code: 'pending_expired',
    })
  })

  it('says that the account is here already', async () => {
    const device = createTestDevice()
    const pli = await device.openTab('tab')
    const localId = await registerPerson(pli)
    expect(await pli.redeemCode({ personId: an.personId, code: '12345678' })).toMatchObject({
      alreadyHere: localId,
      existingDevices: [{ name: 'Test' }],
    })
  })
})

describe('registering', () => {
  it('opens the account, and has its keys durable before they go out', async () => {
    const device = createTestDevice()
    const pli = await device.openTab('tab')
    let sealedThen: string[] = []
    device.relay.beforeAnswer = async (request) => {
      const [localId = ''] = await namesUnder(device, 'vault:')
      const dataKey = await createVault(device.storage, () => 0).open(localId, PIN)
      const store = await openRecordStore({ rows: await device.storage.openRows(localId), dataKey })
      expect((await store.get('ownIdentity', 'self'))?.publicKey).toEqual(request.identityKey)
      sealedThen = (await store.list('preKeys')).map(({ key }) => key).sort()
      expect(sealedThen).toEqual(request.preKeys.map(({ id }) => String(id)).sort())
      expect(await store.count('kyberPreKeys')).toBe(request.kyberPreKeys.length + 1)
      expect(await store.get('signedPreKeys', String(request.signedPreKey.id))).toBeDefined()
    }
    const localId = await registerPerson(pli)
    expect(sealedThen).toHaveLength(100)
    expect(pli.messenger(localId).localId).toBe(localId)
    expect(pli.accounts.get()).toEqual([
      {
        localId,
        displayName: 'An Voorbeeld',
        profession: 'NURSE',
        placeName: 'Gent',
        unlocked: true,
        triesLeft: 10,
      },
    ])
    expect(await pli.pendingRegistration()).toBeUndefined()
    const context = device.contexts[0]!
    expect(context.device).toMatchObject({ deviceToken: 'token 1', person: an, trustRoots: [{ length: 33 }] })
    expect(await context.store.get('registration', 'self')).toBeUndefined()
    expect(await context.store.get('settings', 'settings')).toMatchObject({ language: 'nl', receipts: false })
  })

  it('asks before other devices are cut off', async () => {
    const device = createTestDevice()
    await registerPerson(await device.openTab('elsewhere'))
    const pli = await createTestDevice().openTab('tab', { relay: device.relay.api })
    const { pendingId } = await pli.redeemCode({ personId: an.personId, code: '12345678' })
    await expect(pli.register({ pendingId, ...registration })).rejects.toMatchObject({
      code: 'device_exists',
    })
    expect(pli.accounts.get()).toEqual([])
    await pli.register({ pendingId, ...registration, replaceExisting: true })
    expect(pli.accounts.get()).toHaveLength(1)
    const [, refused, accepted] = device.relay.requests
    expect(accepted!.identityKey).toEqual(refused!.identityKey)
  })

  it('is made good after the answer was lost: same keys, one device, one account', async () => {
    const device = createTestDevice()
    const pli = await device.openTab('tab')
    device.relay.beforeAnswer = () => {
      throw new Error('crash')
    }
    await expect(registerPerson(pli)).rejects.toThrow('crash')
    device.relay.beforeAnswer = () => {}
    const after = await device.openTab('tab')
    expect(after.accounts.get()).toEqual([])
    const pending = (await after.pendingRegistration())!
    const localId = await after.register({ pendingId: pending.pendingId, ...registration })
    expect(device.relay.requests.map(({ replaceExisting }) => replaceExisting)).toEqual([false, false, true])
    expect(device.contexts[0]!.identity.publicKey).toEqual(
      device.relay.accounts.get(an.personId)!.identityKey,
    )
    expect(device.relay.requests[0]!.identityKey).toEqual(device.relay.requests[2]!.identityKey)
    expect(await namesUnder(device, 'vault:')).toEqual([localId])
  })

  it('cuts off no device of another name in that case', async () => {
    const device = createTestDevice()
    const pli = await device.openTab('tab')
    device.relay.beforeAnswer = () => {
      device.relay.accounts.get(an.personId)!.account.devices[0]!.name = 'Another'
      throw new Error('crash')
    }
    await expect(registerPerson(pli)).rejects.toThrow('crash')
    const pending = (await pli.pendingRegistration())!
    await expect(pli.register({ pendingId: pending.pendingId, ...registration })).rejects.toMatchObject({
      code: 'device_exists',
    })
  })

  it('begins anew when another PIN is chosen after a failure, and leaves nothing of the first', async () => {
    const device = createTestDevice()
    const pli = await device.openTab('tab')
    device.relay.beforeAnswer = () => {
      throw new Error('crash')
    }
    await expect(registerPerson(pli)).rejects.toThrow('crash')
    device.relay.beforeAnswer = () => {}
    const { pendingId } = (await pli.pendingRegistration())!
    const localId = await pli.register({ pendingId, ...registration, pin: '654321' })
    expect(await namesUnder(device, 'vault:')).toEqual([localId])
    expect(device.contexts[0]!.identity.publicKey).toEqual(
      device.relay.accounts.get(an.personId)!.identityKey,
    )
    await pli.lock(localId)
    await pli.unlock(localId, '654321')
  })

  it('ends in one account and one device whatever write a crash comes after', async () => {
    for (let crashAt = 1; ; crashAt += 1) {
      const device = createTestDevice()
      const storage = crashing(device, crashAt)
      const pli = await device.openTab('tab', { storage })
      const outcome = await registerPerson(pli).then(
        () => 'done',
        () => 'crashed',
      )
      const after = await device.openTab('tab')
      const pending = await after.pendingRegistration()
      if (pending !== undefined) {
        const request = { ...registration, pendingId: pending.pendingId }
        await after.register(request)
      } else if (after.accounts.get()!.length === 0) await registerPerson(after)
      const accounts = after.accounts.get()!
      expect(accounts).toHaveLength(1)
      expect(await namesUnder(device, 'vault:')).toEqual([accounts[0]!.localId])
      if (!accounts[0]!.unlocked) await after.unlock(accounts[0]!.localId, PIN)
      const relayHas = device.relay.accounts.get(an.personId)!
      expect(relayHas.account.devices).toHaveLength(1)
      expect(device.contexts.at(-1)!.identity.publicKey).toEqual(relayHas.identityKey)
      if (outcome === 'done') {
        expect(crashAt).toBeGreaterThan(5)
        break
      }
    }
  })

  it('leaves nothing behind when it is abandoned, or never resumed', async () => {
    const device = createTestDevice()
    const pli = await device.openTab('tab')
    device.relay.beforeAnswer = () => {
      throw new Error('crash')
    }
    await expect(registerPerson(pli)).rejects.toThrow('crash')
    await pli.abandonRegistration()
    expect(await namesUnder(device, '')).toEqual([])
    await expect(registerPerson(await device.openTab('other'))).rejects.toMatchObject({
      code: 'device_exists',
    })
    expect(await namesUnder(device, 'vault:')).toHaveLength(1)
    device.clock.atMs += 31 * 60_000
    await device.openTab('tab')
    expect(await namesUnder(device, '')).toEqual([])
  })
})

describe('lock', () => {
  it('needs the PIN again, in each tab, and each says how many are left', async () => {
    const device = createTestDevice()
    const [first, second] = [await device.openTab('one'), await device.openTab('two')]
    const localId = await registerPerson(first)
    await expect.poll(() => second.accounts.get()).toMatchObject([{ localId, unlocked: false }])
    expect(() => second.messenger(localId)).toThrow(expect.objectContaining({ code: 'locked' }))
    await expect(second.unlock(localId, WRONG_PIN)).rejects.toMatchObject({ code: 'pin_wrong', triesLeft: 9 })
    await expect.poll(() => first.accounts.get()?.[0]?.triesLeft).toBe(9)
    await Promise.all([second.unlock(localId, PIN), second.unlock(localId, PIN)])
    expect(device.contexts).toHaveLength(2)
    expect(second.accounts.get()).toMatchObject([{ unlocked: true, triesLeft: 10 }])
    await first.lock(localId)
    expect(device.closed).toEqual([device.contexts[0]])
    expect(first.accounts.get()).toMatchObject([{ unlocked: false }])
    expect(second.messenger(localId).localId).toBe(localId)
    await expect(device.contexts[0]!.store.get('settings', 'settings')).rejects.toMatchObject({
      code: 'locked',
    })
  })

  it('keeps accounts apart under names that say nothing', async () => {
    const device = createTestDevice()
    const pli = await device.openTab('tab')
    const ofAn = await registerPerson(pli, an.personId)
    device.clock.atMs += 1
    const ofBo = await registerPerson(pli, bo.personId)
    expect(pli.accounts.get()!.map(({ displayName }) => displayName)).toEqual([
      'An Voorbeeld',
      'Bo Voorbeeld',
    ])
    expect([ofAn, ofBo].every((localId) => /^[0-9a-f]{16}$/.test(localId))).toBe(true)
    await pli.lock(ofAn)
    expect(() => pli.messenger(ofAn)).toThrow()
    expect(pli.messenger(ofBo).localId).toBe(ofBo)
    await pli.unlock(ofAn, PIN)
    expect(device.contexts.at(-1)!.device.person).toEqual(an)
  })

  it('erases this device’s copy at the tenth wrong PIN, everywhere, and nothing else', async () => {
    const device = createTestDevice()
    const [first, second] = [await device.openTab('one'), await device.openTab('two')]
    const ofAn = await registerPerson(first, an.personId)
    const ofBo = await registerPerson(first, bo.personId)
    for (let left = 9; left > 0; left -= 1) {
      await expect(second.unlock(ofAn, WRONG_PIN)).rejects.toMatchObject({
        code: 'pin_wrong',
        triesLeft: left,
      })
      device.clock.atMs += 5 * 3600_000
    }
    await expect(second.unlock(ofAn, WRONG_PIN)).rejects.toMatchObject({ code: 'erased' })
    expect(await namesUnder(device, 'account:')).toEqual([ofBo])
    expect(await namesUnder(device, 'vault:')).toEqual([ofBo])
    expect(await (await device.storage.openRows(ofAn)).count('preKeys')).toBe(0)
    expect(await (await device.storage.openRows(ofBo)).count('preKeys')).toBe(100)
    await expect.poll(() => first.accounts.get()?.map(({ localId }) => localId)).toEqual([ofBo])
    // The tab where it was still open has closed it.
    expect(device.closed.map(({ localId }) => localId)).toEqual([ofAn])
    await expect(second.unlock(ofAn, PIN)).rejects.toMatchObject({ code: 'erased' })
  })

  it('finishes an erasure that a crash cut short', async () => {
    const device = createTestDevice()
    const localId = await registerPerson(await device.openTab('one'))
    const { erase } = device.contexts[0]!
    vi.spyOn(device.storage, 'eraseRows').mockRejectedValueOnce(new Error('crash'))
    await expect(erase()).rejects.toThrow('crash')
    expect(await namesUnder(device, 'vault:')).toEqual([])
    const after = await device.openTab('two')
    expect(after.accounts.get()).toEqual([])
    expect(await (await device.storage.openRows(localId)).count('preKeys')).toBe(0)
  })

  it('comes by itself after the minutes that the settings say, counted from the last touch', async () => {
    const device = createTestDevice()
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const pli = await device.openTab('tab', { locksWhenIdle: true })
    const localId = await registerPerson(pli)
    device.clock.atMs += 9 * 60_000
    pli.noteActivity()
    device.clock.atMs += 9 * 60_000
    vi.advanceTimersByTime(15_000)
    expect(pli.messenger(localId).localId).toBe(localId)
    device.clock.atMs += 60_000
    vi.advanceTimersByTime(15_000)
    vi.useRealTimers()
    await expect.poll(() => pli.accounts.get()).toMatchObject([{ localId, unlocked: false }])
    expect(device.closed).toHaveLength(1)
    await pli.close()
  })

  it('holds neither the ratchets nor the store when the messenger could not be made', async () => {
    const device = createTestDevice()
    const first = await device.openTab('one')
    const localId = await registerPerson(first)
    await first.close()
    const failing = await device.openTab('two', {
      createMessenger: () => Promise.reject(new Error('defect')),
    })
    await expect(failing.unlock(localId, PIN)).rejects.toThrow('defect')
    expect(failing.accounts.get()).toMatchObject([{ unlocked: false }])
    await (await device.openTab('three')).unlock(localId, PIN)
    await expect.poll(() => device.contexts.at(-1)!.owner.fence.get()).toBeDefined()
  })

  it('changes its PIN only for who knows it', async () => {
    const device = createTestDevice()
    const pli = await device.openTab('tab')
    const localId = await registerPerson(pli)
    const { changePin } = device.contexts[0]!
    await expect(changePin(WRONG_PIN, '654321')).rejects.toMatchObject({ code: 'pin_wrong' })
    expect(pli.accounts.get()).toMatchObject([{ triesLeft: 9 }])
    await changePin(PIN, '654321')
    await pli.lock(localId)
    await expect(pli.unlock(localId, PIN)).rejects.toMatchObject({ code: 'pin_wrong' })
    await pli.unlock(localId, '654321')
  })
})

/** The same storage, which dies for good right after its write number `crashAt`. */
function crashing(device: TestDevice, crashAt: number) {
  let writes = 0
  const counted = async <T>(write: () => Promise<T>): Promise<T> => {
    if (writes >= crashAt) throw new Error('dead')
    writes += 1
    const result = await write()
    if (writes >= crashAt) throw new Error('crash')
    return result
  }
  const { storage } = device
  return {
    ...storage,
    records: {
      ...storage.records,
      update: <T>(key: string, change: (current: unknown) => T | undefined) =>
        counted(() => storage.records.update(key, change)),
    },
    openRows: async (name: string) => {
      const rows = await storage.openRows(name)
      return { ...rows, apply: (batch: Parameters<typeof rows.apply>[0]) => counted(() => rows.apply(batch)) }
    },
  }
}
