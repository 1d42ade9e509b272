/** What is under way to one member: some of it never arrives, the rest in another order. */
import type { SeededRandom } from '../random.ts'

export class Queue<T> {
  readonly #waiting: T[] = []
  readonly #reorder: number
  readonly #random: SeededRandom

  /** @param reorder how many later messages may overtake one at a time */
  constructor(reorder: number, random: SeededRandom) {
    this.#reorder = reorder
    this.#random = random
  }

  get length(): number {
    return this.#waiting.length
  }

  push(item: T): void {
    this.#waiting.push(item)
  }

  /** The next to arrive, or nothing. */
  take(): T | undefined {
    const window = Math.min(this.#waiting.length, this.#reorder + 1)
    const [item] = window === 0 ? [] : this.#waiting.splice(this.#random.below(window), 1)
    return item
  }
}
