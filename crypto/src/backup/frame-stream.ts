/** Opens the frames of a backup in order and passes over those that do not open. Layout: `layout.ts`. */
import { ChunkAssembler } from '../attachment/chunk-assembler.ts'
import type { ChunkCipher } from '../attachment/chunk-cipher.ts'
import { CryptoError } from '../errors.ts'
import { type Piece, readFrame } from './frame.ts'
import { frameNonce, SEALED_FRAME_LENGTH } from './layout.ts'

export interface FrameOutcome {
  damagedFrames: number
  /** The frame that is marked as the last was opened. */
  endSeen: boolean
  bytesAfterEnd: boolean
}

export interface OpenedFrame {
  /** Absent when the frame did not open: what was begun before it cannot be finished. */
  readonly pieces?: readonly Piece[]
  readonly isLast: boolean
}

/** Yields every frame that there is room for, also the damaged ones, and keeps count in `outcome`. */
export async function* openFrames(
  source: AsyncIterable<Uint8Array>,
  cipher: ChunkCipher,
  header: Uint8Array,
  outcome: FrameOutcome,
): AsyncGenerator<OpenedFrame, void> {
  const assembler = new ChunkAssembler(SEALED_FRAME_LENGTH)
  let index = 0
  for await (const bytes of source) {
    for (const sealed of assembler.push(bytes)) {
      if (outcome.endSeen) outcome.bytesAfterEnd = true
      else yield await openFrame(sealed, index++, cipher, header, outcome)
    }
  }
  if (assembler.heldBytes > 0 && outcome.endSeen) outcome.bytesAfterEnd = true
}

async function openFrame(
  sealed: Uint8Array,
  index: number,
  cipher: ChunkCipher,
  header: Uint8Array,
  outcome: FrameOutcome,
): Promise<OpenedFrame> {
  for (const isLast of [false, true]) {
    const pieces = await openAs(sealed, frameNonce(index, isLast), cipher, header)
    if (!pieces) continue
    outcome.endSeen = isLast
    return { pieces, isLast }
  }
  outcome.damagedFrames++
  return { isLast: false }
}

async function openAs(
  sealed: Uint8Array,
  nonce: Uint8Array,
  cipher: ChunkCipher,
  header: Uint8Array,
): Promise<Piece[] | undefined> {
  try {
    return readFrame(await cipher.open(sealed, nonce, header))
  } catch (error) {
    if (error instanceof CryptoError) return undefined
    throw error
  }
}
