/**
 * What was acknowledged and what was shown, and whether that agrees: nothing acknowledged is lost, nothing is under two
 * sequences, and what one sender wrote to one device came in its order. Not concerned with how it travelled.
 */
export interface Message {
  from: string
  to: string
  number: number
}

export interface Verdict {
  acknowledged: number
  lost: number
  shownTwice: number
  outOfOrder: number
}

export class Ledger {
  readonly #acknowledged = new Map<string, Set<number>>()
  /** The sequences under which each message came, by conversation and number. */
  readonly #sequences = new Map<string, Map<number, number>>()
  #shownTwice = 0
  #outOfOrder = 0
  #refusals = 0
  #deletions = 0
  #repetitions = 0

  acknowledged(message: Message): void {
    const name = nameOf(message)
    const numbers = this.#acknowledged.get(name) ?? new Set()
    this.#acknowledged.set(name, numbers.add(message.number))
  }

  /** A device shows a message when it comes the first time; under its sequence it may come again. */
  delivered(address: string, sequence: number, message: Message): void {
    if (message.to !== address) throw new Error('an envelope came to a device it was not for')
    const name = nameOf(message)
    const shown = this.#sequences.get(name) ?? new Map<number, number>()
    this.#sequences.set(name, shown)
    const before = shown.get(message.number)
    if (before === sequence) this.#repetitions += 1
    else if (before !== undefined) this.#shownTwice += 1
    else {
      // Every number comes once; one that comes after a higher one was overtaken.
      if (message.number !== shown.size + 1) this.#outOfOrder += 1
      shown.set(message.number, sequence)
    }
  }

  refused(): void {
    this.#refusals += 1
  }

  deleted(count: number): void {
    this.#deletions += count
  }

  get refusals(): number {
    return this.#refusals
  }
  get deletions(): number {
    return this.#deletions
  }
  /** Deliveries of what had been shown already: the price of at-least-once. */
  get repetitions(): number {
    return this.#repetitions
  }

  verdict(): Verdict {
    let [acknowledged, lost] = [0, 0]
    for (const [name, numbers] of this.#acknowledged) {
      acknowledged += numbers.size
      for (const number of numbers) if (!this.#sequences.get(name)?.has(number)) lost += 1
    }
    return { acknowledged, lost, shownTwice: this.#shownTwice, outOfOrder: this.#outOfOrder }
  }
}

function nameOf({ from, to }: Message): string {
  return `${from} ${to}`
}
