/** A malicious relay against trust: keys, accounts, people and certificates that it hands out. */
import type { MessageView } from '@pli/client'
import type { TestDevice } from '@pli/client/testing'
import { routes, toBase64Url } from '@pli/protocol/wire'
import { describe, expect, it } from 'vitest'
import { hasText, textsOf, until, untilMessage } from '../client/until.ts'
import { Authority } from './authority.ts'
import { changed, type HttpAttack, json } from './hostile-http.ts'
import type { HostilePeer } from './hostile-peer.ts'
import { acquaint, pause, untilState, useScene, type Victim, wait } from './scene.ts'

const scene = useScene()

interface Bundles {
  accountId: string
  identityKey: string
  devices: {
    deviceId: number
    registrationId: number
    signedPreKey: { publicKey: string; signature: string }
    kyberPreKey?: { publicKey: string; signature: string }
  }[]
}

/** Changes the answers about accounts whose path ends so; everything else is passed on. */
function altering<T>(ending: (path: string) => boolean, change: (value: T) => unknown): HttpAttack {
  return async (request, pass) =>
    request.method === 'GET' && ending(request.path) ? changed(await pass(), change) : pass()
}
const ofBundles = (path: string) => path.endsWith('/bundles')
const ofAccount = (path: string) => /^\/v1\/accounts\/[^/]+$/.test(path)

function sentTo(device: TestDevice): number {
  return scene.relay.submissions.filter(({ submission }) => submission.accountId === device.accountId).length
}

describe('a prekey bundle', () => {
  const garbled = (text: string) => `${text.slice(0, 20)}${text[20] === 'A' ? 'B' : 'A'}${text.slice(21)}`

  it.each<[string, (bundles: Bundles) => unknown, string]>([
    [
      'with a bad signature on its signed prekey',
      ({ devices: [device], ...rest }) => ({
        ...rest,
        devices: [
          {
            ...device,
            signedPreKey: { ...device!.signedPreKey, signature: garbled(device!.signedPreKey.signature) },
          },
        ],
      }),
      'bundle:bad_prekey_signature',
    ],
    [
      'with a bad signature on its Kyber prekey',
      ({ devices: [device], ...rest }) => ({
        ...rest,
        devices: [
          {
            ...device,
            kyberPreKey: { ...device!.kyberPreKey, signature: garbled(device!.kyberPreKey!.signature) },
          },
        ],
      }),
      'bundle:bad_prekey_signature',
    ],
    [
      'of keys that belong to nobody',
      ({ devices: [device], ...rest }) => ({
        ...rest,
        devices: [
          {
            ...device,
            signedPreKey: {
              ...device!.signedPreKey,
              publicKey: toBase64Url(Uint8Array.of(5, ...new Uint8Array(32))),
            },
          },
        ],
      }),
      'bundle:',
    ],
  ])('%s: nothing is sent, and the person is told', async (_name, change, refusal) => {
    const victim = await scene.victim('anne-sophie')
    const friend = await scene.victim('nathalie')
    const to = await victim.messenger.openConversation(friend.personId)
    scene.relay.attacks = { http: altering(ofBundles, change) }
    const id = await victim.messenger.sendText(to, 'secret')
    expect(await untilState(victim.messenger, to, id, 'failed')).toMatchObject({ code: 'refused' })
    expect(victim.refusals[0]).toContain(refusal)
    expect(sentTo(friend)).toBe(0)
    scene.relay.attacks = {}
    await victim.messenger.retry(id)
    await untilMessage(friend.messenger, victim.accountId, hasText('secret'), 'the message')
  })

  it.each<[string, (bundles: Bundles) => unknown]>([
    ['without a Kyber prekey', (bundles) => without(bundles, 'kyberPreKey')],
    ['of another account', (bundles) => ({ ...bundles, accountId: crypto.randomUUID() })],
    ['of a device with an impossible id', (bundles) => withDevice(bundles, { deviceId: 4_000 })],
    ['of a thousand devices', (bundles) => ({ ...bundles, devices: Array(1_000).fill(bundles.devices[0]) })],
  ])(
    '%s: is no answer; the message waits, asks seldom, and goes when the relay is honest',
    async (_name, change) => {
      const victim = await scene.victim('anne-sophie')
      const friend = await scene.victim('nathalie')
      const to = await victim.messenger.openConversation(friend.personId)
      const asked = scene.relay.requests.length
      scene.relay.attacks = { http: altering(ofBundles, change) }
      const id = await victim.messenger.sendText(to, 'secret')
      await wait(() => scene.relay.requests.slice(asked).some(({ path }) => ofBundles(path)), 'the first try')
      await pause(1_200)
      expect(scene.relay.requests.slice(asked).filter(({ path }) => ofBundles(path)).length).toBeLessThan(4)
      await untilState(victim.messenger, to, id, 'waiting')
      expect(sentTo(friend)).toBe(0)
      scene.relay.attacks = {}
      await untilMessage(friend.messenger, victim.accountId, hasText('secret'), 'the message')
    },
  )

  it('under another identity key: nothing is sent to it, and the person decides', async () => {
    const victim = await scene.victim('anne-sophie')
    const friend = await scene.victim('nathalie')
    const spy = await scene.peer('kevin')
    const to = await victim.messenger.openConversation(friend.personId)
    const theirs = toBase64Url(spy.keys.publicKey)
    scene.relay.attacks = {
      http: altering<Bundles>(ofBundles, (value) => ({ ...value, identityKey: theirs })),
    }
    const id = await victim.messenger.sendText(to, 'secret')
    expect(await untilState(victim.messenger, to, id, 'failed')).toMatchObject({ code: 'identity_changed' })
    await victim.messenger.sendText(to, 'secret too')
    await pause(300)
    expect(sentTo(friend)).toBe(0)
    // One note, and the safety number is of the key to decide about, not verified.
    expect(
      (await textsOf(victim.messenger, to)).filter((text) => text === '<identity_changed>'),
    ).toHaveLength(1)
    expect((await victim.messenger.safetyNumber(to)).verified).toBe(false)
  })

  it('of an old signed prekey, or for a device nobody has, leads to no other reader', async () => {
    const victim = await scene.victim('anne-sophie')
    const friend = await scene.victim('nathalie')
    const to = await victim.messenger.openConversation(friend.personId)
    const elsewhere = (value: Bundles) => withDevice(value, { deviceId: 77 })
    scene.relay.attacks = {
      http: altering<Bundles>(ofBundles, elsewhere),
      // The accomplice takes whatever comes.
      submit: async () => ({ ok: true, value: { receivedAtMs: Date.now(), duplicate: false } }),
    }
    const id = await victim.messenger.sendText(to, 'secret')
    await untilState(victim.messenger, to, id, 'relayed')
    const { submission } = scene.relay.submissions.at(-1)!
    // Sealed to the friend's identity key: whoever holds the bytes cannot open them.
    const opened = await friend.engine.unseal(submission.envelopes[0]!.content, {
      identity: friend.keys,
      local: { serviceId: friend.accountId, deviceId: 77 },
      trustRoots: [scene.relay.authority.trustRoot],
      receivedAtMs: Date.now(),
    })
    expect(opened.ok).toBe(true)
  })
})

describe('an account', () => {
  it('whose identity key alternates: one note, nothing sent, and the old messages stay', async () => {
    const victim = await scene.victim('anne-sophie')
    const friend = await scene.victim('nathalie')
    await acquaint(victim, friend)
    const before = sentTo(friend)
    const spies = [await scene.peer('kevin'), await scene.peer('lieven')]
    for (let turn = 0; turn < 6; turn += 1) await claim(victim, friend, spies[turn % 2]!)
    await until(
      victim.messenger.conversation(friend.accountId, 50),
      (one) => one.identityChanged,
      'the change',
    )
    const id = await victim.messenger.sendText(friend.accountId, 'to whom?')
    await untilState(victim.messenger, friend.accountId, id, 'failed')
    expect(sentTo(friend)).toBe(before)
    const texts = await textsOf(victim.messenger, friend.accountId)
    expect(texts.slice(0, 2)).toEqual(['hello', 'hello too'])
    expect(texts.filter((text) => text === '<identity_changed>')).toHaveLength(1)
  })

  it('whose key changes between looking and accepting: what was not looked at is not accepted', async () => {
    const victim = await scene.victim('anne-sophie')
    const friend = await scene.victim('nathalie')
    await acquaint(victim, friend)
    const genuine = await scene.peer('kevin')
    const spy = await scene.peer('lieven')
    await claim(victim, friend, genuine)
    const number = await victim.messenger.safetyNumber(friend.accountId)
    await claim(victim, friend, spy)
    await expect(victim.messenger.acceptIdentity(friend.accountId)).rejects.toMatchObject({
      code: 'identity_changed',
    })
    const again = await victim.messenger.safetyNumber(friend.accountId)
    expect(again.digits).not.toBe(number.digits)
    await claim(victim, friend, genuine)
    await victim.messenger.safetyNumber(friend.accountId)
    await victim.messenger.acceptIdentity(friend.accountId)
    expect(await victim.messenger.safetyNumber(friend.accountId)).toMatchObject({ digits: number.digits })
  })

  it('that is given to another person keeps the name it was met under', async () => {
    const victim = await scene.victim('anne-sophie')
    const friend = await scene.victim('nathalie')
    const other = await scene.victim('lieven')
    await acquaint(victim, friend)
    const person = (await victim.relay.publicAccount(await tokenOf(victim), other.accountId)).person
    scene.relay.attacks = {
      http: altering<object>(ofAccount, (value) => ({ ...value, person })),
      submit: mismatchOnce(),
    }
    const id = await victim.messenger.sendText(friend.accountId, 'still to the friend')
    await untilState(victim.messenger, friend.accountId, id, 'delivered')
    const view = await until(victim.messenger.conversation(friend.accountId, 50), () => true, 'the view')
    expect(view.person.personId).toBe(friend.personId)
  })

  it('that is new and claims to be a person known under another is a changed key', async () => {
    const victim = await scene.victim('anne-sophie')
    const friend = await scene.victim('nathalie')
    await acquaint(victim, friend)
    const spy = await scene.peer('kevin')
    const person = (await victim.relay.publicAccount(await tokenOf(victim), friend.accountId)).person
    const isSpy = (path: string) => path === routes.publicAccount(spy.accountId)
    scene.relay.attacks = {
      http: async (request, pass) => {
        if (request.path === routes.person(friend.personId)) {
          return changed<object>(await pass(), (value) => ({ ...value, accountId: spy.accountId }))
        }
        return isSpy(request.path) ? changed<object>(await pass(), (value) => ({ ...value, person })) : pass()
      },
    }
    const to = await victim.messenger.openConversation(friend.personId)
    expect(to).toBe(spy.accountId)
    const view = await until(victim.messenger.conversation(to, 50), () => true, 'the view')
    expect(view.identityChanged).toBe(true)
    const id = await victim.messenger.sendText(to, 'secret')
    expect(await untilState(victim.messenger, to, id, 'failed')).toMatchObject({ code: 'identity_changed' })
    expect(spy.heard).toEqual([])
  })

  it('that writes first as a person known under another is shown as a changed key, and not answered', async () => {
    const victim = await scene.victim('anne-sophie')
    const friend = await scene.victim('nathalie')
    await acquaint(victim, friend)
    const spy = await scene.peer('kevin')
    const { person } = await victim.relay.publicAccount(await tokenOf(victim), friend.accountId)
    scene.relay.attacks = {
      http: async (request, pass) =>
        request.path === routes.publicAccount(spy.accountId)
          ? changed<object>(await pass(), (value) => ({ ...value, person }))
          : pass(),
    }
    await spy.meet(victim)
    await spy.sendText(victim, 'my new telephone')
    await untilMessage(victim.messenger, spy.accountId, hasText('my new telephone'), 'the message')
    expect(await textsOf(victim.messenger, spy.accountId)).toEqual(['<identity_changed>', 'my new telephone'])
    const id = await victim.messenger.sendText(spy.accountId, 'secret')
    await untilState(victim.messenger, spy.accountId, id, 'failed')
    expect(spy.count('text')).toBe(0)
  })

  it('that is not the one asked for is nobody, and disturbs no other conversation', async () => {
    const victim = await scene.victim('anne-sophie')
    const friend = await scene.victim('nathalie')
    const other = await scene.victim('lieven')
    await acquaint(victim, friend)
    const spy = await scene.peer('kevin')
    scene.relay.attacks = {
      http: altering<object>(ofAccount, (value) => ({
        ...value,
        accountId: friend.accountId,
        identityKey: toBase64Url(spy.keys.publicKey),
      })),
    }
    await expect(victim.messenger.openConversation(other.personId)).rejects.toMatchObject({
      code: expect.stringMatching(/unavailable|not_reachable/),
    })
    scene.relay.attacks = {}
    const id = await victim.messenger.sendText(friend.accountId, 'undisturbed')
    await untilState(victim.messenger, friend.accountId, id, 'delivered')
    expect(await textsOf(victim.messenger, friend.accountId)).toEqual(['hello', 'hello too', 'undisturbed'])
  })
})

describe('certificates', () => {
  it('of another root for everybody: the device stops, says so, and loses nothing', async () => {
    const victim = await scene.victim('anne-sophie')
    const peer = await scene.peer('kevin')
    await peer.meet(victim)
    const usurper = new Authority()
    scene.relay.attacks = {
      http: async (request, pass) =>
        request.path === routes.config
          ? changed<object>(await pass(), (value) => ({
              ...value,
              trustRoots: [toBase64Url(usurper.trustRoot)],
            }))
          : pass(),
    }
    const message = await peer.encryptContent(victim, {
      v: 1,
      id: crypto.randomUUID(),
      sentAtMs: 1,
      kind: 'text',
      text: 'under the new root',
    })
    const certificate = usurper.certify(scene.relay.party(peer.accountId))
    const acknowledged = scene.relay.acknowledged.length
    await peer.sendMessage(victim, message, { certificate })
    const state = await until(victim.messenger.connection, (one) => one.state === 'revoked', 'the stop')
    expect(state).toMatchObject({ reason: 'trust_root_changed' })
    expect(victim.messenger.inbox.get()).toEqual([])
    expect(scene.relay.acknowledged).toHaveLength(acknowledged)
  })

  it('that name somebody else as this device: its messages are refused by those who get them', async () => {
    const victim = await scene.victim('anne-sophie')
    const friend = await scene.victim('nathalie')
    const third = await scene.victim('lieven')
    const { relay } = scene
    relay.attacks = {
      http: async (request, pass) => {
        if (request.path !== routes.certificate) return pass()
        const forged = relay.authority.certify({
          ...relay.party(third.accountId),
          identityKey: victim.keys.publicKey,
        })
        return json({ ok: true, value: { certificate: toBase64Url(forged), expiresAtMs: Date.now() + 1e8 } })
      },
    }
    const to = await victim.messenger.openConversation(friend.personId)
    await victim.messenger.sendText(to, 'whose words?')
    await wait(() => relay.deliveries.some((one) => one.to === friend.accountId), 'the delivery')
    await pause(500)
    // Shown as nobody's words, and never as the third person's.
    const rows = friend.messenger.inbox.get() ?? []
    expect(rows.flatMap((row) => (row.lastMessage ? [bodyOf(row.lastMessage)] : []))).not.toContain(
      'whose words?',
    )
  })
})

function bodyOf({ body }: MessageView): string {
  return body.kind === 'text' ? body.text : body.kind
}

function without(bundles: Bundles, name: 'kyberPreKey'): unknown {
  return { ...bundles, devices: bundles.devices.map(({ [name]: _, ...device }) => device) }
}

function withDevice(bundles: Bundles, change: object): unknown {
  return { ...bundles, devices: bundles.devices.map((device) => ({ ...device, ...change })) }
}

function tokenOf(device: Victim): Promise<string> {
  return device.running.store.get('ownDevice', 'self').then((own) => own!.deviceToken)
}

/** Makes the client ask for the account anew. */
function mismatchOnce() {
  let done = false
  return async (_submission: unknown, pass: () => Promise<unknown>) => {
    if (done) return pass()
    done = true
    return { ok: false, code: 'device_mismatch', devices: { missing: [], extra: [], stale: [] } }
  }
}

/** The relay and its authority say that the friend's key is the spy's, and deliver a message under it. */
async function claim(victim: Victim, friend: Victim, spy: HostilePeer): Promise<void> {
  const { relay } = scene
  relay.attacks = {
    http: altering<object>(ofAccount, (value) => ({
      ...value,
      identityKey: toBase64Url(spy.keys.publicKey),
    })),
  }
  const as = { serviceId: friend.accountId, deviceId: spy.address.deviceId }
  const party = { accountId: friend.accountId, deviceId: as.deviceId, identityKey: spy.keys.publicKey }
  await spy.meet(victim, spy.lastResortBundle(victim), as)
  const message = await spy.encrypt(victim, new Uint8Array(159), as)
  const certificate = relay.authority.certify(party)
  const [sequence] = relay.inject(victim.accountId, [await spy.seal(victim, message, { certificate })])
  await wait(() => relay.acknowledged.includes(sequence!), 'the acknowledgement')
}
