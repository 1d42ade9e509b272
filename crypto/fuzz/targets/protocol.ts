/**
 * Targets that keep state: whole messages for a session, a group, a sealed envelope. A refusal must change nothing that is
 * stored, and the genuine message must still be read after it.
 */
import {
  createSenderKeyDistributionMessage,
  groupDecrypt,
  groupEncrypt,
  processSenderKeyDistributionMessage,
} from '../../src/group/index.ts'
import { bytesEqual, randomBytes } from '../../src/primitives/bytes.ts'
import { sealedSenderEncrypt, sealedSenderOpen } from '../../src/sealed-sender/index.ts'
import { exportSession, importSession } from '../../src/session/move-session.ts'
import { MemoryDevice, MemorySenderKeys } from '../../src/testing/index.ts'
import { issueCertificate, NOW_MS } from '../../src/testing/known-answers/certificate.ts'
import type { CiphertextMessage } from '../../src/wire/ciphertext-message.ts'
import type { FuzzTarget } from '../engine.ts'
import { ALICE, BOB, GROUP } from './samples.ts'
import { sealedV2Targets } from './sealed-v2.ts'

// a genuine message is dear to read: only some refusals are followed by one
const GENUINE_EVERY = 40

export async function protocolTargets(): Promise<FuzzTarget[]> {
  return [
    await firstMessageTarget(),
    await laterMessageTarget(),
    await importTarget(),
    await groupTarget(),
    await distributionTarget(),
    await sealedTarget(),
    ...(await sealedV2Targets()),
  ]
}

async function firstMessageTarget(): Promise<FuzzTarget> {
  const [alice, bob] = await Promise.all([MemoryDevice.create(ALICE), MemoryDevice.create(BOB)])
  await alice.open(await bob.publishBundle(), bob.address)
  const genuine = await alice.encrypt(randomBytes(40), bob.address)
  return messageTarget('first message to a session', bob, genuine)
}

async function laterMessageTarget(): Promise<FuzzTarget> {
  const [alice, bob] = await Promise.all([MemoryDevice.create(ALICE), MemoryDevice.create(BOB)])
  await alice.open(await bob.publishBundle(), bob.address)
  await bob.decrypt(await alice.encrypt(randomBytes(40), bob.address), alice.address)
  await alice.decrypt(await bob.encrypt(randomBytes(40), alice.address), bob.address)
  return messageTarget('later message to a session', bob, await alice.encrypt(randomBytes(40), bob.address))
}

function messageTarget(name: string, receiver: MemoryDevice, genuine: CiphertextMessage): FuzzTarget {
  const { stores } = receiver
  const maps = [stores.identities, stores.sessions, stores.preKeys, stores.signedPreKeys, stores.kyberPreKeys]
  const read = (body: Uint8Array) => receiver.decrypt({ ...genuine, body }, ALICE)
  const keeper = new StateKeeper(maps as Map<unknown, Uint8Array>[], () => stores.usedBaseKeys.clear())
  return keeper.watch(name, [genuine.body], read)
}

/** What another engine hands over, libsignal's own form. */
async function importTarget(): Promise<FuzzTarget> {
  const [alice, bob] = await Promise.all([MemoryDevice.create(ALICE), MemoryDevice.create(BOB)])
  await alice.open(await bob.publishBundle(), bob.address)
  await bob.decrypt(await alice.encrypt(randomBytes(40), bob.address), alice.address)
  const moved = await exportSession(bob.stores, ALICE)
  const keeper = new StateKeeper([bob.stores.sessions as Map<unknown, Uint8Array>])
  return keeper.watch('session from another engine', [moved], (input) =>
    importSession(bob.stores, ALICE, input),
  )
}

async function groupTarget(): Promise<FuzzTarget> {
  const [ours, theirs] = [new MemorySenderKeys(), new MemorySenderKeys()]
  const distribution = await createSenderKeyDistributionMessage(ALICE, GROUP, ours)
  await processSenderKeyDistributionMessage(ALICE, distribution, theirs)
  await groupEncrypt(ALICE, GROUP, ours, randomBytes(20)) // lost
  const { body } = await groupEncrypt(ALICE, GROUP, ours, randomBytes(40))
  const keeper = new StateKeeper([theirs.records])
  return keeper.watch('message to a group', [body], (input) => groupDecrypt(ALICE, theirs, input))
}

async function distributionTarget(): Promise<FuzzTarget> {
  const store = new MemorySenderKeys()
  const genuine = await createSenderKeyDistributionMessage(ALICE, GROUP, new MemorySenderKeys())
  const keeper = new StateKeeper([store.records])
  return keeper.watch('handing over a sender key', [genuine], (input) =>
    processSenderKeyDistributionMessage(ALICE, input, store),
  )
}

async function sealedTarget(): Promise<FuzzTarget> {
  const [alice, bob] = await Promise.all([MemoryDevice.create(ALICE), MemoryDevice.create(BOB)])
  const { root, certificate } = issueCertificate(alice.identity, ALICE)
  const seal = (type: 2 | 8) =>
    sealedSenderEncrypt({
      message: { type, body: randomBytes(60) },
      senderCertificate: certificate,
      recipientIdentityKey: bob.identity.publicKey,
      senderIdentity: alice.identity,
    })
  return {
    name: 'sealed sender, version 1',
    corpus: [await seal(2), await seal(8)],
    decode: (input) =>
      sealedSenderOpen(input, {
        identity: bob.identity,
        local: BOB,
        trustRoots: [root],
        receivedAtMs: NOW_MS,
      }),
  }
}

/** Remembers what is stored, compares after a refusal, puts it back after an input was taken. */
class StateKeeper {
  readonly #maps: readonly Map<unknown, Uint8Array>[]
  readonly #kept: readonly (readonly [unknown, Uint8Array])[][]
  readonly #alsoReset: () => void
  #refusals = 0

  constructor(maps: readonly Map<unknown, Uint8Array>[], alsoReset: () => void = () => undefined) {
    this.#maps = maps
    this.#kept = maps.map((map) => Array.from(map, ([key, value]) => [key, Uint8Array.from(value)] as const))
    this.#alsoReset = alsoReset
  }

  watch(name: string, corpus: readonly Uint8Array[], decode: (input: Uint8Array) => unknown): FuzzTarget {
    const [genuine = new Uint8Array()] = corpus
    return {
      name,
      corpus,
      decode,
      settle: async (wasTaken) => {
        if (wasTaken) return this.#restore()
        this.#requireUnchanged()
        if (++this.#refusals % GENUINE_EVERY !== 0) return
        await readOrThrow(decode, Uint8Array.from(genuine))
        this.#restore()
      },
    }
  }

  #requireUnchanged(): void {
    this.#maps.forEach((map, i) => {
      const kept = this.#kept[i] ?? []
      const same = ([key, value]: readonly [unknown, Uint8Array]) => bytesEqual(map.get(key) ?? EMPTY, value)
      if (map.size !== kept.length || !kept.every(same)) throw new Error('a refusal changed what is stored')
    })
  }

  // copies: what was decoded from the bytes that were stored before may have been overwritten
  #restore(): void {
    this.#maps.forEach((map, i) => {
      map.clear()
      for (const [key, value] of this.#kept[i] ?? []) map.set(key, Uint8Array.from(value))
    })
    this.#alsoReset()
  }
}

const EMPTY = new Uint8Array()

async function readOrThrow(decode: (input: Uint8Array) => unknown, genuine: Uint8Array): Promise<void> {
  try {
    await decode(genuine)
  } catch (error) {
    throw new Error('the genuine message is not read after a refusal', { cause: error })
  }
}
