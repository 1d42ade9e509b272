/** Losing the licence to practise, as the person, their correspondent and an attacker with their phone notice it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SynchronisedRelay } from '../../testing/synchronised-relay.ts'
import type { TestDevice } from '../../testing/test-device.ts'

let running: SynchronisedRelay
beforeEach(async () => {
  running = await SynchronisedRelay.start()
})
afterEach(() => running.end())

const NATHALIE = 'demo-nathalie'

const tokenOf = ({ registered }: TestDevice) => registered.deviceToken

/** Until the relay has noticed, which it does within a second or two. */
async function comesBack(device: TestDevice): Promise<void> {
  for (;;) {
    const refusal = await device.connect().then(
      () => undefined,
      (error: Error) => error.message,
    )
    if (refusal === undefined) return
    if (refusal !== 'licence_inactive') throw new Error(refusal)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

describe('a withdrawn licence', () => {
  it('cuts the person off at once, refuses their devices and sessions, and nobody else’s', async () => {
    const { relay } = running
    const [nathalie, kevin] = [await running.connect('nathalie'), await running.connect('kevin')]
    const session = await relay.prove('nathalie')
    await running.happens({ loseLicence: [NATHALIE] })
    await nathalie.until(() => nathalie.happened.includes('disconnect'))
    expect(nathalie.happened.slice(-2)).toEqual(['revoked licence_inactive', 'disconnect'])
    await expect(nathalie.connect()).rejects.toThrow('licence_inactive')
    const own = { token: tokenOf(nathalie) }
    expect(await relay.codeOf('GET', '/v1/account', own)).toBe('licence_inactive')
    expect(await relay.codeOf('GET', '/v1/account', { token: session.sessionToken })).toBe('licence_inactive')
    await expect(relay.prove('nathalie')).rejects.toMatchObject({ code: 'licence_inactive' })
    expect(kevin.happened).not.toContain('disconnect')
    expect(await relay.codeOf('GET', '/v1/account', { token: tokenOf(kevin) })).toBe('ok')
  })

  it('takes no message for them, and shows that they practise no more', async () => {
    const { relay } = running
    const [nathalie, kevin] = [await running.connect('nathalie'), await running.connect('kevin')]
    const look = () =>
      relay.ask<{ accountId?: string; roles: { active: boolean }[] }>(
        'GET',
        `/v1/directory/people/${NATHALIE}`,
        {
          token: tokenOf(kevin),
        },
      )
    expect(await look()).toMatchObject({
      accountId: nathalie.registered.accountId,
      roles: [{ active: true }],
    })
    await running.happens({ loseLicence: [NATHALIE] })
    await nathalie.until(() => nathalie.happened.includes('disconnect'))
    await expect(kevin.send(nathalie, 'too late')).rejects.toThrow('licence_inactive')
    const seen = await look()
    expect(seen.accountId).toBeUndefined()
    expect(seen.roles.map(({ active }) => active)).toEqual([false])
  })

  it('that is given back gives everything back, with what waited', async () => {
    const [nathalie, kevin] = [await running.connect('nathalie'), await running.connect('kevin')]
    nathalie.acknowledges = false
    await kevin.send(nathalie, 'before')
    await nathalie.until(() => nathalie.received.length === 1)
    await running.happens({ loseLicence: [NATHALIE] })
    await nathalie.until(() => nathalie.happened.includes('disconnect'))
    await running.happens({ regainLicence: [NATHALIE] })
    nathalie.acknowledges = true
    await comesBack(nathalie)
    await nathalie.until(() => nathalie.contents.length === 2)
    await kevin.send(nathalie, 'after')
    await nathalie.until(() => nathalie.contents.at(-1) === 'after')
    expect(nathalie.contents).toEqual(['before', 'before', 'after'])
  })

  it('is known after a restart, before anybody can connect', async () => {
    const { relay } = running
    const nathalie = await running.connect('nathalie')
    await relay.down()
    await running.happens({ loseLicence: [NATHALIE] })
    await relay.up()
    await expect(nathalie.connect()).rejects.toThrow('licence_inactive')
  })
})

describe('somebody who is no longer in the register', () => {
  it('is cut off after a forced snapshot, and still has a name for those who wrote with them', async () => {
    const { relay } = running
    const [nathalie, kevin] = [await running.connect('nathalie'), await running.connect('kevin')]
    await running.order({ vanish: [NATHALIE] })
    await running.order({ vanishPercent: 5 })
    expect(await running.synchronise()).toMatchObject({ outcome: 'refused', refusals: ['too-many-gone'] })
    expect(nathalie.happened).not.toContain('disconnect')
    const forced = await running.synchronise({ force: true, snapshot: true })
    expect(forced).toMatchObject({ outcome: 'taken-in', snapshot: { reason: 'asked' } })
    await nathalie.until(() => nathalie.happened.includes('disconnect'))
    expect(nathalie.happened).toContain('revoked licence_inactive')
    const seen = await relay.ask<{ lastName: string; roles: { active: boolean }[] }>(
      'GET',
      `/v1/directory/people/${NATHALIE}`,
      { token: tokenOf(kevin) },
    )
    expect(seen.lastName).not.toBe('')
    expect(seen.roles.some(({ active }) => active)).toBe(false)
  })

  it('is cut off when they died', async () => {
    const nathalie = await running.connect('nathalie')
    await running.happens({ decease: [NATHALIE] })
    await nathalie.until(() => nathalie.happened.includes('disconnect'))
    expect(nathalie.happened).toContain('revoked licence_inactive')
  })
})
