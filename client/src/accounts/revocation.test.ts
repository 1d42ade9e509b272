import { describe, expect, it, vi } from 'vitest'
import { ClientError } from '../errors.ts'
import type { RunningPli } from '../pli.ts'
import {
  an,
  bo,
  createTestDevice,
  PIN,
  registerPerson,
  registration,
  type TestDevice,
  WRONG_PIN,
} from './testing/device.ts'

async function keysOf(device: TestDevice): Promise<string[]> {
  return (await device.storage.records.list('')).map(({ key }) => key)
}

async function useUpPins(
  device: TestDevice,
  pli: RunningPli,
  localId: Awaited<ReturnType<typeof registerPerson>>,
) {
  for (let left = 9; left > 0; left -= 1) {
    await expect(pli.unlock(localId, WRONG_PIN)).rejects.toMatchObject({ code: 'pin_wrong' })
    device.clock.atMs += 5 * 3600_000
  }
  await expect(pli.unlock(localId, WRONG_PIN)).rejects.toMatchObject({ code: 'erased' })
}

describe('a copy that erases itself', () => {
  it('revokes its device at the relay, and no other; nothing of it is left here', async () => {
    const device = createTestDevice()
    const pli = await device.openTab('tab')
    const ofAn = await registerPerson(pli, an.personId)
    const ofBo = await registerPerson(pli, bo.personId)
    await pli.lock(ofAn)
    await useUpPins(device, pli, ofAn)
    await expect.poll(() => device.relay.revoked).toEqual(['revocation 1'])
    await expect
      .poll(() => keysOf(device))
      .toEqual([`account:${ofBo}`, `revocation:${ofBo}`, `vault:${ofBo}`])
    expect(device.relay.accounts.get(an.personId)!.account.devices).toEqual([])
    expect(device.relay.accounts.get(bo.personId)!.account.devices).toHaveLength(1)
  })

  it('keeps nothing but that token while the relay is away, and tells it when the network is back', async () => {
    const device = createTestDevice()
    const pli = await device.openTab('tab')
    const localId = await registerPerson(pli)
    await pli.lock(localId)
    device.relay.isAway = true
    await useUpPins(device, pli, localId)
    const records = await device.storage.records.list('')
    expect(records).toEqual([
      { key: `revocation:${localId}`, value: { version: 1, revocationToken: 'revocation 1' } },
    ])
    pli.wake()
    device.relay.isAway = false
    pli.wake()
    await expect.poll(() => keysOf(device)).toEqual([])
    expect(device.relay.revoked).toEqual(['revocation 1'])
  })

  it('tells it at the next start, and by itself after a while', async () => {
    const device = createTestDevice()
    device.relay.isAway = true
    const pli = await device.openTab('tab')
    const localId = await registerPerson(pli)
    await device.contexts[0]!.erase()
    await pli.close()
    expect(await keysOf(device)).toEqual([`revocation:${localId}`])
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const after = await device.openTab('tab')
      await vi.waitUntil(() => vi.getTimerCount() > 0)
      expect(device.relay.revoked).toEqual([])
      device.relay.isAway = false
      await vi.advanceTimersByTimeAsync(5_000)
      expect(device.relay.revoked).toEqual(['revocation 1'])
      await after.close()
    } finally {
      vi.useRealTimers()
    }
    await expect.poll(() => keysOf(device)).toEqual([])
  })

  it('does not when the relay knows already, nor while the account is here', async () => {
    const device = createTestDevice()
    const pli = await device.openTab('tab')
    const localId = await registerPerson(pli)
    await pli.lock(localId)
    pli.wake()
    await (await device.openTab('other')).unlock(localId, PIN)
    await device.contexts.at(-1)!.erase({ relayKnows: true })
    expect(await keysOf(device)).toEqual([])
    expect(device.relay.revoked).toEqual([])
  })

  it('forgets a token that the relay does not take for one', async () => {
    const device = createTestDevice()
    const pli = await device.openTab('tab')
    await registerPerson(pli)
    vi.spyOn(device.relay.api, 'revokeDevice').mockRejectedValueOnce(new ClientError('bad_request'))
    await device.contexts[0]!.erase()
    await expect.poll(() => keysOf(device)).toEqual([])
  })

  it('takes back a device that was registered and never finished here', async () => {
    const device = createTestDevice()
    const { records } = device.storage
    const pli = await device.openTab('tab', {
      storage: {
        ...device.storage,
        records: {
          ...records,
          update: async (key, change) => {
            if (key.startsWith('account:')) throw new Error('crash')
            return records.update(key, change)
          },
        },
      },
    })
    await expect(registerPerson(pli)).rejects.toThrow('crash')
    expect(device.relay.accounts.get(an.personId)!.account.devices).toHaveLength(1)
    await (await device.openTab('tab')).abandonRegistration()
    await expect.poll(() => device.relay.accounts.get(an.personId)!.account.devices).toEqual([])
    expect(await keysOf(device)).toEqual([])
  })
})

describe('registering anew where an old copy is', () => {
  async function registerAnew(pli: RunningPli) {
    const { pendingId, alreadyHere } = await pli.redeemCode({ personId: an.personId, code: '12345678' })
    expect(alreadyHere).toBeDefined()
    return pli.register({ pendingId, ...registration, pin: '654321', replaceExisting: true })
  }

  it('takes its place once the new copy is complete', async () => {
    const device = createTestDevice()
    const [pli, other] = [await device.openTab('tab'), await device.openTab('other')]
    const old = await registerPerson(pli)
    device.clock.atMs += 1
    const ofBo = await registerPerson(pli, bo.personId)
    device.relay.beforeAnswer = async () => {
      // The old one is untouched for as long as the new one may still fail.
      expect(pli.accounts.get()!.map(({ localId }) => localId)).toEqual([old, ofBo])
      expect(await device.contexts[0]!.store.count('preKeys')).toBe(100)
    }
    await expect.poll(() => other.accounts.get()).toHaveLength(2)
    const renewed = await registerAnew(pli)
    expect(
      pli.accounts
        .get()!
        .map(({ localId }) => localId)
        .sort(),
    ).toEqual([ofBo, renewed].sort())
    await expect.poll(async () => (await keysOf(device)).filter((key) => key.endsWith(old))).toEqual([])
    expect(await (await device.storage.openRows(old)).count('preKeys')).toBe(0)
    expect(device.closed[0]).toBe(device.contexts[0])
    await expect.poll(() => other.accounts.get()?.map(({ localId }) => localId)).not.toContain(old)
    await expect(other.unlock(old, PIN)).rejects.toMatchObject({ code: 'erased' })
    await other.unlock(renewed, '654321')
    expect(device.relay.accounts.get(an.personId)!.account.devices).toHaveLength(1)
  })

  it('leaves the old copy as it was when it fails', async () => {
    const device = createTestDevice()
    const pli = await device.openTab('tab')
    const old = await registerPerson(pli)
    await pli.lock(old)
    device.relay.beforeAnswer = () => {
      throw new Error('crash')
    }
    await expect(registerAnew(pli)).rejects.toThrow('crash')
    expect(pli.accounts.get()!.map(({ localId }) => localId)).toEqual([old])
    await pli.abandonRegistration()
    await pli.unlock(old, PIN)
    expect(await device.contexts.at(-1)!.store.count('preKeys')).toBe(100)
  })

  it('is finished at the next start when it was cut short', async () => {
    const device = createTestDevice()
    const pli = await device.openTab('tab')
    const old = await registerPerson(pli)
    await pli.lock(old)
    vi.spyOn(device.storage, 'eraseRows').mockRejectedValueOnce(new Error('crash'))
    const renewed = await registerAnew(pli)
    expect(pli.accounts.get()!.map(({ localId }) => localId)).toEqual([renewed])
    const after = await device.openTab('tab')
    expect(after.accounts.get()!.map(({ localId }) => localId)).toEqual([renewed])
    expect(await (await device.storage.openRows(old)).count('preKeys')).toBe(0)
    await expect
      .poll(() => keysOf(device))
      .toEqual([`account:${renewed}`, `revocation:${renewed}`, `vault:${renewed}`])
  })
})
