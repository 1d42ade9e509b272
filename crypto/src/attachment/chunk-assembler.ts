/**
 * Cuts a stream of pieces of any length into chunks of exactly one length. Holds at most one chunk.
 * Not concerned with what the bytes are.
 */
export class ChunkAssembler {
  readonly #chunk: Uint8Array<ArrayBuffer>
  #filled = 0

  constructor(chunkBytes: number) {
    this.#chunk = new Uint8Array(chunkBytes)
  }

  /** How many bytes wait for their chunk to fill. */
  get heldBytes(): number {
    return this.#filled
  }

  /** Yields every chunk that `piece` completes. A yielded chunk is overwritten by the next: use it at once. */
  *push(piece: Uint8Array): Generator<Uint8Array<ArrayBuffer>, void> {
    let offset = 0
    while (offset < piece.length) {
      const taken = Math.min(this.#chunk.length - this.#filled, piece.length - offset)
      this.#chunk.set(piece.subarray(offset, offset + taken), this.#filled)
      this.#filled += taken
      offset += taken
      if (this.#filled === this.#chunk.length) {
        this.#filled = 0
        yield this.#chunk
      }
    }
  }

  /** The bytes that did not fill a chunk, and none twice. */
  takeRest(): Uint8Array<ArrayBuffer> {
    const rest = this.#chunk.subarray(0, this.#filled)
    this.#filled = 0
    return rest
  }
}
