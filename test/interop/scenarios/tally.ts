/** Offers messages to a member, with tampered copies and replays, and counts what became of them. */
import type { SeededRandom } from '../random.ts'
import type { Party } from './party.ts'

const TAMPER = 0.15
const REPLAY = 0.15

/** What every scenario's line tells beside its own counts. */
export interface ScenarioReport {
  readonly scenario: string
  readonly messages: number
  readonly delivered: number
  readonly lost: number
  readonly tamperedAccepted: number
  readonly replaysAccepted: number
  readonly unexpectedFailures: number
  readonly [count: string]: number | string
}

/** All of a member that a delivery needs. */
export type Recipient = Pick<Party, 'unseal' | 'writes'>

export class Tally {
  messages = 0
  delivered = 0
  lost = 0
  tamperedAccepted = 0
  replaysAccepted = 0
  unexpectedFailures = 0
  readonly #random: SeededRandom

  constructor(random: SeededRandom) {
    this.#random = random
  }

  /** A genuine message, which must be read; sometimes with a changed copy before it, sometimes offered twice. */
  async deliver(to: Recipient, sealed: Uint8Array, plaintext: Uint8Array): Promise<void> {
    if (this.#random.chance(TAMPER) && (await this.isAccepted(to, this.#flipBit(sealed)))) {
      this.tamperedAccepted++
    }
    const read = await this.#attempt(to, sealed)
    if (read && sameBytes(read, plaintext)) this.delivered++
    else this.unexpectedFailures++
    if (this.#random.chance(REPLAY) && (await this.isAccepted(to, sealed))) this.replaysAccepted++
  }

  /** Whether something is read that should be refused. */
  async isAccepted(to: Recipient, sealed: Uint8Array, receivedAtMs?: number): Promise<boolean> {
    return (await this.#attempt(to, sealed, receivedAtMs)) !== undefined
  }

  report(scenario: string, counts: Record<string, number> = {}): ScenarioReport {
    const { messages, delivered, lost, tamperedAccepted, replaysAccepted, unexpectedFailures } = this
    return {
      scenario,
      messages,
      delivered,
      lost,
      ...counts,
      tamperedAccepted,
      replaysAccepted,
      unexpectedFailures,
    }
  }

  // a refusal that wrote something counts as a failure, where it can be seen
  async #attempt(to: Recipient, sealed: Uint8Array, receivedAtMs?: number): Promise<Uint8Array | undefined> {
    const { writes } = to
    try {
      return (await to.unseal(sealed, receivedAtMs)).plaintext
    } catch {
      if (to.writes !== writes) this.unexpectedFailures++
      return undefined
    }
  }

  // not in the first byte: the native library reads only half of it
  #flipBit(sealed: Uint8Array): Uint8Array {
    const changed = Uint8Array.from(sealed)
    const at = 1 + this.#random.below(sealed.length - 1)
    changed[at] = (changed[at] ?? 0) ^ (1 << this.#random.below(8))
    return changed
  }
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

/** Text of a length that the schedule chose. */
export function textOf(label: string, random: SeededRandom): Uint8Array {
  return new TextEncoder().encode(label.padEnd(label.length + random.below(320), '.'))
}
