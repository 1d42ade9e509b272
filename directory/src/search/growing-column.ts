// A list of whole numbers that grows: four bytes each, and no object for any of them.
// Not concerned with what the numbers mean.

const FIRST_CAPACITY = 1_024

export class GrowingColumn {
  #values = new Uint32Array(FIRST_CAPACITY)
  #length = 0

  get length(): number {
    return this.#length
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Uint32Array(this.#values.length * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#length++] = value
  }

  /** The numbers so far: a view of the list, good until the next `push`. */
  values(): Uint32Array {
    return this.#values.subarray(0, this.#length)
  }
}
