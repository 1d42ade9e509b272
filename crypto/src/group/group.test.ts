import { beforeEach, describe, expect, it } from 'vitest'
import type { ProtocolAddress } from '../identity/address.ts'
import { utf8ToBytes } from '../primitives/bytes.ts'
import { senderKeyName } from '../testing/index.ts'
import { retireSenderKey, rotateSenderKey } from './index.ts'
import { nextChainKey } from './sender-chain.ts'
import {
  decodeSenderKeyRecord,
  encodeSenderKeyRecord,
  MAX_KEPT_SENDER_KEYS,
  MAX_SENDER_KEY_STATES,
} from './sender-key-record.ts'
import { NativeSenderKeys, plain } from './testing/native-sender-keys.ts'
import { OurSenderKeys } from './testing/our-sender-keys.ts'

type Engine = NativeSenderKeys | OurSenderKeys
const make = { ours: () => new OurSenderKeys(), native: () => new NativeSenderKeys() }
const pairs = [
  ['ours', 'ours'],
  ['ours', 'native'],
  ['native', 'ours'],
  ['native', 'native'],
] as const

let alice: ProtocolAddress
let group: string

beforeEach(() => {
  alice = { serviceId: crypto.randomUUID(), deviceId: 3 }
  group = crypto.randomUUID()
})

async function send(sender: Engine, distributionId: string, texts: readonly string[]): Promise<Uint8Array[]> {
  const messages: Uint8Array[] = []
  for (const text of texts) messages.push(await sender.encrypt(alice, distributionId, utf8ToBytes(text)))
  return messages
}

const read = async (receiver: Engine, message: Uint8Array) =>
  new TextDecoder().decode(await receiver.decrypt(alice, message))

describe.each(pairs)('a group message from %s to %s', (from, to) => {
  let sender: Engine
  let receiver: Engine

  beforeEach(async () => {
    sender = make[from]()
    receiver = make[to]()
    await receiver.process(alice, await sender.distribute(alice, group))
  })

  it('is read, whatever its length', async () => {
    for (const length of [0, 1, 15, 16, 17, 1_000, 60_000]) {
      const text = 'x'.repeat(length)
      const [message] = await send(sender, group, [text])
      expect(await read(receiver, message!)).toBe(text)
    }
  })

  it('is read out of order and once only', async () => {
    const messages = await send(sender, group, ['0', '1', '2', '3', '4'])
    for (const at of [3, 0, 4, 2, 1]) expect(await read(receiver, messages[at]!)).toBe(String(at))
    for (const message of messages) await expect(receiver.decrypt(alice, message)).rejects.toThrow()
  })

  it('is read by who joins later, from then on', async () => {
    const [before] = await send(sender, group, ['before'])
    const joiner = make[to]()
    await joiner.process(alice, await sender.distribute(alice, group))
    const [after] = await send(sender, group, ['after'])
    await expect(joiner.decrypt(alice, before!)).rejects.toThrow()
    expect(await read(joiner, after!)).toBe('after')
    expect(await read(receiver, after!)).toBe('after')
    expect(await read(receiver, before!)).toBe('before')
  })

  it('does not come again when the sender key does', async () => {
    const distribution = await sender.distribute(alice, group)
    const [first, second] = await send(sender, group, ['first', 'second'])
    expect(await read(receiver, first!)).toBe('first')
    await receiver.process(alice, distribution)
    await expect(receiver.decrypt(alice, first!)).rejects.toThrow()
    expect(await read(receiver, second!)).toBe('second')
  })

  it('belongs to its distribution: one sender may have several', async () => {
    const other = crypto.randomUUID()
    await receiver.process(alice, await sender.distribute(alice, other))
    const [a, b] = [await send(sender, group, ['a0', 'a1']), await send(sender, other, ['b0', 'b1'])]
    for (const [message, text] of [[b[1], 'b1'] as const, [a[0], 'a0'] as const, [a[1], 'a1'] as const]) {
      expect(await read(receiver, message!)).toBe(text)
    }
    expect(await read(receiver, b[0]!)).toBe('b0')
  })

  it('belongs to its sender: another device of the account is another sender', async () => {
    const [message] = await send(sender, group, ['hello'])
    await expect(receiver.decrypt({ ...alice, deviceId: 4 }, message!)).rejects.toThrow()
  })
})

describe('states of one distribution', () => {
  /** A sender that lost its store makes a new chain for the same distribution. */
  const startOver = async (receivers: readonly Engine[]) => {
    const sender = new NativeSenderKeys()
    const distribution = await sender.distribute(alice, group)
    for (const receiver of receivers) await receiver.process(alice, distribution)
    return sender
  }

  it('are kept up to five, and the records stay those of the native library, byte for byte', async () => {
    const ours = new OurSenderKeys()
    const theirs = new NativeSenderKeys()
    const name = senderKeyName(alice, group)
    const late: Uint8Array[] = []
    for (let round = 0; round <= MAX_SENDER_KEY_STATES; round++) {
      const sender = await startOver([ours, theirs])
      const messages = await send(sender, group, ['0', '1', '2', '3', '4', '5', '6'])
      for (const at of [4, 1, 2]) {
        expect(await read(ours, messages[at]!)).toBe(String(at))
        expect(await read(theirs, messages[at]!)).toBe(String(at))
        expect(plain(ours.records.get(name)!)).toEqual(theirs.records.get(name))
      }
      late.push(messages[6]!)
    }
    expect(decodeSenderKeyRecord(ours.records.get(name)!)).toHaveLength(MAX_SENDER_KEY_STATES)
    for (const receiver of [ours, theirs]) {
      await expect(receiver.decrypt(alice, late[0]!)).rejects.toThrow()
      for (const message of late.slice(1)) expect(await read(receiver, message)).toBe('6')
    }
  })

  it('of the sender are the same bytes too: either engine goes on with the other’s record', async () => {
    const ours = new OurSenderKeys()
    const theirs = new NativeSenderKeys(ours.records)
    const receiver = new OurSenderKeys()
    await receiver.process(alice, await ours.distribute(alice, group))
    for (let i = 0; i < 6; i++) {
      const [message] = await send(i % 2 === 0 ? theirs : ours, group, [`message ${i}`])
      expect(await read(receiver, message!)).toBe(`message ${i}`)
      const record = ours.records.get(senderKeyName(alice, group))!
      expect(encodeSenderKeyRecord(decodeSenderKeyRecord(record))).toEqual(plain(record))
    }
  })

  it('give way when a chain comes with another signing key', async () => {
    const ours = new OurSenderKeys()
    const theirs = new NativeSenderKeys()
    const sender = new OurSenderKeys()
    const other = new OurSenderKeys()
    await sender.distribute(alice, group)
    await other.distribute(alice, group)
    const name = senderKeyName(alice, group)
    const [chain] = decodeSenderKeyRecord(sender.records.get(name)!)
    const [stranger] = decodeSenderKeyRecord(other.records.get(name)!)
    other.records.set(name, encodeSenderKeyRecord([{ ...stranger!, chainId: chain!.chainId }]))
    for (const receiver of [ours, theirs]) {
      await receiver.process(alice, await sender.distribute(alice, group))
      await receiver.process(alice, await other.distribute(alice, group))
      const [old] = await send(sender, group, ['old'])
      await expect(receiver.decrypt(alice, old!)).rejects.toThrow()
    }
    expect(plain(ours.records.get(name)!)).toEqual(theirs.records.get(name))
  })
})

describe('the limits are the native library’s, at the very edge', () => {
  /** Moves the sender on as if it had sent messages that were all lost. */
  function skip(sender: OurSenderKeys, to: number): void {
    const name = senderKeyName(alice, group)
    const [state] = decodeSenderKeyRecord(sender.records.get(name)!)
    let { chainKey } = state!
    while (chainKey.iteration < to) chainKey = nextChainKey(chainKey)
    sender.records.set(name, encodeSenderKeyRecord([{ ...state!, chainKey }]))
  }

  it.each(['ours', 'native'] as const)('25,000 ahead and not one more: %s', async (engine) => {
    for (const [missing, accepted] of [
      [25_001, false],
      [25_000, true],
    ] as const) {
      const sender = new OurSenderKeys()
      const receiver = make[engine]()
      await receiver.process(alice, await sender.distribute(alice, group))
      skip(sender, missing)
      const [message] = await send(sender, group, ['far'])
      const reading = read(receiver, message!)
      await (accepted ? expect(reading).resolves.toBe('far') : expect(reading).rejects.toThrow())
    }
  })

  it.each(['ours', 'native'] as const)('2,000 skipped keys are kept: %s', async (engine) => {
    const sender = new OurSenderKeys()
    const receiver = make[engine]()
    await receiver.process(alice, await sender.distribute(alice, group))
    const [lost, kept] = await send(sender, group, ['lost', 'kept'])
    skip(sender, MAX_KEPT_SENDER_KEYS + 1)
    const [last] = await send(sender, group, ['last'])
    expect(await read(receiver, last!)).toBe('last')
    expect(await read(receiver, kept!)).toBe('kept')
    await expect(receiver.decrypt(alice, lost!)).rejects.toThrow()
  })

  it('of a chain’s positions: the last one cannot be used', async () => {
    for (const engine of ['ours', 'native'] as const) {
      const sender = new OurSenderKeys()
      const state = async () => decodeSenderKeyRecord(sender.records.get(senderKeyName(alice, group))!)[0]!
      await sender.distribute(alice, group)
      const atEnd = { ...(await state()), chainKey: { iteration: 0xffff_ffff, seed: new Uint8Array(32) } }
      const exhausted = make[engine]()
      exhausted.records.set(senderKeyName(alice, group), encodeSenderKeyRecord([atEnd]))
      await expect(send(exhausted, group, ['one more'])).rejects.toThrow()
    }
  })
})

describe('rotation', () => {
  it('puts who left outside, and keeps what was under way readable for the rest', async () => {
    const sender = new OurSenderKeys()
    const [stays, leaves] = [new NativeSenderKeys(), new OurSenderKeys()]
    const distribution = await sender.distribute(alice, group)
    await stays.process(alice, distribution)
    await leaves.process(alice, distribution)
    const [underWay] = await send(sender, group, ['under way'])
    const rotated = await rotateSenderKey(alice, group, sender)
    expect(rotated.distributionId).not.toBe(group)
    await stays.process(alice, rotated.distributionMessage)
    const [after] = await send(sender, rotated.distributionId, ['after'])
    expect(await read(stays, after!)).toBe('after')
    expect(await read(stays, underWay!)).toBe('under way')
    await expect(leaves.decrypt(alice, after!)).rejects.toMatchObject({ code: 'no_sender_key' })
  })

  it('lets nothing more be sent or handed out under the old distribution', async () => {
    const sender = new OurSenderKeys()
    await sender.distribute(alice, group)
    await rotateSenderKey(alice, group, sender)
    await expect(send(sender, group, ['late'])).rejects.toMatchObject({ code: 'sender_key_retired' })
    await expect(sender.distribute(alice, group)).rejects.toMatchObject({ code: 'sender_key_retired' })
    await expect(
      new NativeSenderKeys(sender.records).encrypt(alice, group, plain(new Uint8Array())),
    ).rejects.toThrow()
  })

  it('forgets a member who left, until that member hands out a key again', async () => {
    const [sender, receiver] = [new NativeSenderKeys(), new OurSenderKeys()]
    await receiver.process(alice, await sender.distribute(alice, group))
    await retireSenderKey(alice, group, receiver)
    const [message] = await send(sender, group, ['still here?'])
    await expect(receiver.decrypt(alice, message!)).rejects.toMatchObject({ code: 'no_sender_key' })
    await receiver.process(alice, await sender.distribute(alice, group))
    const [again] = await send(sender, group, ['back'])
    expect(await read(receiver, again!)).toBe('back')
  })
})
