/**
 * The inside of a frame: pieces of items, each of which says what it belongs to, so that a frame is of use alone.
 *
 *     4      length of all pieces, u32
 *     then   per piece: section, u8 | flags, u8 (1 an item begins, 2 it ends) | item's number in its section, u32
 *            | length, u32 | bytes
 *     rest   zeros
 *
 * Section 0 is the index, in the last frame and in that alone: a protobuf that counts the items of each section
 * (field 1, repeated: 1 section, 2 items). An item that does not fit goes on in the next frame.
 *
 * Source: `docs/decisions/0021-backups.md`. Not concerned with what an item is, nor with encryption.
 */
import { CryptoError } from '../errors.ts'
import { ProtobufWriter, readProtobuf } from '../wire/protobuf.ts'
import { FRAME_LENGTH } from './layout.ts'

export const INDEX_SECTION = 0
const LENGTH_LENGTH = 4
const PIECE_HEADER_LENGTH = 10
const BEGINS = 1
const ENDS = 2
const INDEX_LIMITS = { maxLength: 1_024, maxFields: 32 }

export interface Piece {
  readonly section: number
  readonly begins: boolean
  readonly ends: boolean
  readonly item: number
  readonly bytes: Uint8Array
}

/** Fills frames. A frame that is given out is overwritten by the next: use it at once. */
export class FrameWriter {
  readonly #frame = new Uint8Array(FRAME_LENGTH)
  readonly #counts = new Map<number, number>()
  #used = LENGTH_LENGTH;

  /** Adds an item and yields each frame that it fills. */
  *add(section: number, bytes: Uint8Array): Generator<Uint8Array, void> {
    const item = this.#counts.get(section) ?? 0
    this.#counts.set(section, item + 1)
    let at = 0
    do {
      // a piece without bytes would say nothing
      if (FRAME_LENGTH - this.#used <= PIECE_HEADER_LENGTH) yield this.#finish()
      const taken = Math.min(bytes.length - at, FRAME_LENGTH - this.#used - PIECE_HEADER_LENGTH)
      const ends = at + taken === bytes.length
      this.#write({ section, begins: at === 0, ends, item, bytes: bytes.subarray(at, at + taken) })
      at += taken
    } while (at < bytes.length)
  }

  /** The frame that was not full yet, if there is one, and then the index. */
  *end(): Generator<{ frame: Uint8Array; isLast: boolean }, void> {
    const index = encodeIndex(this.#counts)
    if (this.#used > LENGTH_LENGTH) yield { frame: this.#finish(), isLast: false }
    this.#write({ section: INDEX_SECTION, begins: true, ends: true, item: 0, bytes: index })
    yield { frame: this.#finish(), isLast: true }
  }

  #write({ section, begins, ends, item, bytes }: Piece): void {
    const view = new DataView(this.#frame.buffer, this.#used)
    view.setUint8(0, section)
    view.setUint8(1, (begins ? BEGINS : 0) | (ends ? ENDS : 0))
    view.setUint32(2, item)
    view.setUint32(6, bytes.length)
    this.#frame.set(bytes, this.#used + PIECE_HEADER_LENGTH)
    this.#used += PIECE_HEADER_LENGTH + bytes.length
  }

  #finish(): Uint8Array {
    new DataView(this.#frame.buffer).setUint32(0, this.#used - LENGTH_LENGTH)
    this.#frame.fill(0, this.#used)
    this.#used = LENGTH_LENGTH
    return this.#frame
  }
}

/** The pieces of an opened frame; their bytes are views into it. @throws CryptoError `backup_malformed` */
export function readFrame(frame: Uint8Array): Piece[] {
  if (frame.length !== FRAME_LENGTH) throw malformed()
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  const end = LENGTH_LENGTH + view.getUint32(0)
  if (end > frame.length) throw malformed()
  const pieces: Piece[] = []
  let at = LENGTH_LENGTH
  while (at < end) {
    if (at + PIECE_HEADER_LENGTH > end) throw malformed()
    const bytesAt = at + PIECE_HEADER_LENGTH
    const next = bytesAt + view.getUint32(at + 6)
    const flags = view.getUint8(at + 1)
    if (next > end || flags > (BEGINS | ENDS)) throw malformed()
    pieces.push({
      section: view.getUint8(at),
      begins: (flags & BEGINS) !== 0,
      ends: (flags & ENDS) !== 0,
      item: view.getUint32(at + 2),
      bytes: frame.subarray(bytesAt, next),
    })
    at = next
  }
  return pieces
}

function encodeIndex(counts: ReadonlyMap<number, number>): Uint8Array {
  const writer = new ProtobufWriter()
  for (const [section, items] of counts) {
    writer.bytes(1, new ProtobufWriter().uint(1, section).uint(2, items).finish())
  }
  return writer.finish()
}

/** How many items each section has. @throws CryptoError `malformed`, `too_large` */
export function decodeIndex(bytes: Uint8Array): Map<number, number> {
  const entries = readProtobuf(bytes, INDEX_LIMITS).repeatedBytes(1)
  return new Map(
    entries.map((entry) => {
      const fields = readProtobuf(entry, INDEX_LIMITS)
      return [fields.requireUint32(1), fields.requireUint32(2)]
    }),
  )
}

function malformed(): CryptoError {
  return new CryptoError('backup_malformed', 'the inside of a frame is not as it should be')
}
