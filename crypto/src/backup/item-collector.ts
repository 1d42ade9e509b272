/**
 * Puts items together from the pieces of frames and counts them, against the index when it comes.
 * Not concerned with encryption. What is left of an item whose frames are not all there is dropped.
 */
import { CryptoError } from '../errors.ts'
import { concatBytes } from '../primitives/bytes.ts'
import { decodeIndex, INDEX_SECTION, type Piece } from './frame.ts'
import type { OpenedFrame } from './frame-stream.ts'
import { BACKUP_SECTIONS, type BackupItem, type BackupSection, decodeItem, MAX_ITEM_LENGTH } from './items.ts'

interface Unfinished {
  readonly section: number
  readonly item: number
  readonly parts: Uint8Array[]
  length: number
}

export class ItemCollector {
  readonly #wanted: readonly BackupSection[]
  readonly #restored = new Map<BackupSection, number>()
  #unfinished: Unfinished | undefined
  #expected: ReadonlyMap<number, number> | undefined
  #unknownItems = 0

  constructor(wanted: readonly BackupSection[] = BACKUP_SECTIONS) {
    this.#wanted = wanted
  }

  /** Yields the items that are whole with this frame. */
  *take({ pieces, isLast }: OpenedFrame): Generator<BackupItem, void> {
    if (!pieces) this.#unfinished = undefined
    for (const piece of pieces ?? []) {
      if (piece.section === INDEX_SECTION) this.#takeIndex(piece, isLast)
      else yield* this.#takePiece(piece)
    }
  }

  report() {
    const sections = Object.fromEntries(
      BACKUP_SECTIONS.map((section, i) => {
        const expected = this.#expected && (this.#expected.get(i + 1) ?? 0)
        return [section, { restored: this.#restored.get(section) ?? 0, expected }]
      }),
    ) as Record<BackupSection, { restored: number; expected: number | undefined }>
    const complete = this.#wanted.every(
      (section) => sections[section].restored === sections[section].expected,
    )
    return { complete: complete && this.#unknownItems === 0, unknownItems: this.#unknownItems, sections }
  }

  *#takePiece(piece: Piece): Generator<BackupItem, void> {
    const { section, item, bytes } = piece
    if (piece.begins) this.#unfinished = { section, item, parts: [], length: 0 }
    const unfinished = this.#unfinished
    if (!unfinished || unfinished.section !== section || unfinished.item !== item) return
    unfinished.length += bytes.length
    if (unfinished.length > MAX_ITEM_LENGTH) this.#unfinished = undefined
    // the frame is overwritten by the next one
    else if (!piece.ends) unfinished.parts.push(Uint8Array.from(bytes))
    else {
      this.#unfinished = undefined
      yield* this.#decode(section, concatBytes(...unfinished.parts, bytes))
    }
  }

  *#decode(code: number, bytes: Uint8Array): Generator<BackupItem, void> {
    const section = BACKUP_SECTIONS[code - 1]
    if (section === undefined) {
      this.#unknownItems++
      return
    }
    if (!this.#wanted.includes(section)) return
    const item = orNothing(() => decodeItem(section, bytes))
    if (!item) return
    this.#restored.set(section, (this.#restored.get(section) ?? 0) + 1)
    yield item
  }

  #takeIndex({ bytes }: Piece, isLast: boolean): void {
    if (isLast) this.#expected = orNothing(() => decodeIndex(bytes))
  }
}

// authentic, so whoever wrote it holds the key; it counts as missing
function orNothing<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof CryptoError) return undefined
    throw error
  }
}
