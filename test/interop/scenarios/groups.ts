/**
 * Groups of eight, half on each engine: everybody has a sender key, hands it out in sessions and sends under one seal
 * for all. Members leave (everybody else rotates) and come or come back; copies are lost, reordered, tampered with and
 * replayed. Every message is offered to those outside as well, sealed for them by its sender: their sender keys must
 * not do.
 */
import { randomUUID } from 'node:crypto'
import { type SeededRandom, seededRandom } from '../random.ts'
import { NativeParty } from './native-party.ts'
import { OurParty } from './our-party.ts'
import type { Party } from './party.ts'
import { Queue } from './queue.ts'
import { Relay } from './relay.ts'
import { type ScenarioReport, sameBytes, Tally, textOf } from './tally.ts'

const MEMBERS = 8
const FEWEST_MEMBERS = 5
const MESSAGES_BETWEEN_CHANGES = 12

export interface ScenarioOptions {
  readonly seed: number
  readonly messages: number
  readonly loss: number
  readonly reorder: number
}

interface UnderWay {
  readonly bytes: Uint8Array
  readonly plaintext: Uint8Array
  /** Whether the recipient was a member when it was sent. */
  readonly readable: boolean
}

export async function playGroups(options: ScenarioOptions): Promise<ScenarioReport> {
  const random = seededRandom(options.seed)
  const group = await Group.create(options, random)
  for (let message = 0; message < options.messages; message++) {
    if (message > 0 && message % MESSAGES_BETWEEN_CHANGES === 0) await group.change()
    await group.send(message)
  }
  return group.finish()
}

class Group {
  readonly #parties: readonly Party[]
  readonly #members: Set<Party>
  readonly #distributions = new Map<Party, string>()
  readonly #queues = new Map<Party, Queue<UnderWay>>()
  readonly #relay: Relay
  readonly #random: SeededRandom
  readonly #tally: Tally
  readonly #loss: number
  readonly #counts = { joins: 0, leaves: 0, rotations: 0, outsidersRead: 0 }

  private constructor(
    parties: readonly Party[],
    relay: Relay,
    { loss, reorder }: ScenarioOptions,
    random: SeededRandom,
  ) {
    this.#parties = parties
    this.#members = new Set(parties)
    this.#relay = relay
    this.#random = random
    this.#tally = new Tally(random)
    this.#loss = loss
    for (const party of parties) this.#queues.set(party, new Queue(reorder, random))
  }

  static async create(options: ScenarioOptions, random: SeededRandom): Promise<Group> {
    const relay = new Relay()
    const parties: Party[] = []
    for (let i = 0; i < MEMBERS; i++) {
      const address = { serviceId: randomUUID(), deviceId: 1 + (i % 3) }
      parties.push(i % 2 === 0 ? await OurParty.create(address, relay) : new NativeParty(address, relay))
    }
    for (const [i, from] of parties.entries()) {
      for (const to of parties.slice(i + 1)) await from.openSession(await to.publishBundle(), to.address)
    }
    const group = new Group(parties, relay, options, random)
    for (const party of parties) await group.#startDistribution(party)
    return group
  }

  async send(message: number): Promise<void> {
    const from = this.#pick([...this.#members])
    const plaintext = textOf(`message ${message} to the group `, this.#random)
    const recipients = this.#parties.filter((party) => party !== from)
    const distributionId = this.#distributionOf(from)
    const upload = await from.sealToGroup({ distributionId, plaintext, recipients })
    this.#tally.messages++
    const cut = this.#relay.cut(upload)
    for (const to of recipients) {
      const bytes = cut.get(to.address.serviceId)?.bytes
      if (!bytes) throw new Error('the upload misses a recipient')
      if (this.#random.chance(this.#loss)) this.#tally.lost++
      else this.#queueOf(to).push({ bytes, plaintext, readable: this.#members.has(to) })
    }
    for (const to of recipients) if (this.#random.chance(0.7)) await this.#arrive(to)
  }

  /** Somebody leaves, comes, or comes back. */
  async change(): Promise<void> {
    const outside = this.#parties.filter((party) => !this.#members.has(party))
    const mayLeave = this.#members.size > FEWEST_MEMBERS
    if (outside.length === 0 || (mayLeave && this.#random.chance(0.5))) {
      await this.#leave(this.#pick([...this.#members]))
    } else {
      await this.#join(this.#pick(outside))
    }
  }

  async finish(): Promise<ScenarioReport> {
    for (const party of this.#parties) while (this.#queueOf(party).length > 0) await this.#arrive(party)
    this.#tally.unexpectedFailures += this.#counts.outsidersRead
    return this.#tally.report(`groups of ${MEMBERS}`, this.#counts)
  }

  async #leave(leaver: Party): Promise<void> {
    this.#members.delete(leaver)
    this.#counts.leaves++
    for (const member of this.#members) {
      const rotated = await member.rotate(this.#distributionOf(member))
      this.#distributions.set(member, rotated.distributionId)
      this.#counts.rotations++
      await this.#handOut(member, rotated.distributionMessage)
    }
  }

  async #join(joiner: Party): Promise<void> {
    for (const member of this.#members) {
      await this.#hand(member, joiner, await member.distribute(this.#distributionOf(member)))
    }
    this.#members.add(joiner)
    this.#counts.joins++
    await this.#startDistribution(joiner)
  }

  async #startDistribution(party: Party): Promise<void> {
    const distributionId = randomUUID()
    this.#distributions.set(party, distributionId)
    await this.#handOut(party, await party.distribute(distributionId))
  }

  async #handOut(from: Party, distributionMessage: Uint8Array): Promise<void> {
    for (const to of this.#members) if (to !== from) await this.#hand(from, to, distributionMessage)
  }

  // within a session, under a seal of version 1
  async #hand(from: Party, to: Party, distributionMessage: Uint8Array): Promise<void> {
    const { sender, plaintext } = await to.unseal(await from.sealTo(to, distributionMessage))
    if (!sameBytes(plaintext, distributionMessage)) this.#tally.unexpectedFailures++
    await to.takeIn(sender, plaintext)
  }

  async #arrive(to: Party): Promise<void> {
    const next = this.#queueOf(to).take()
    if (!next) return
    if (next.readable) await this.#tally.deliver(to, next.bytes, next.plaintext)
    else if (await this.#tally.isAccepted(to, next.bytes)) this.#counts.outsidersRead++
  }

  #pick(parties: readonly Party[]): Party {
    return required(parties[this.#random.below(parties.length)])
  }

  #distributionOf(party: Party): string {
    return required(this.#distributions.get(party))
  }

  #queueOf(party: Party): Queue<UnderWay> {
    return required(this.#queues.get(party))
  }
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the scenario lost track of a member')
  return value
}
