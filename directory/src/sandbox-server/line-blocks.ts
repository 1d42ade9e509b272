// Lines of text in gzipped blocks: a register of two million roles in some hundred and fifty megabytes, and its
// snapshot ready to be sent, since gzip members behind one another are one gzip stream.
// Not concerned with what is on a line.

import { gunzipSync, gzipSync } from 'node:zlib'

export interface LineBlocks {
  readonly linesPerBlock: number
  /** lines so far */
  readonly count: number
  append(line: string): void
  /** To be called once, after the last `append`. */
  seal(): void
  readonly blocks: readonly Buffer[]
  line(at: number): string | undefined
}

const LINES_PER_BLOCK = 256
const KEPT_OPEN = 64

export function createLineBlocks(): LineBlocks {
  const blocks: Buffer[] = []
  const open = new Map<number, readonly string[]>()
  let pending: string[] = []
  let count = 0
  const seal = (): void => {
    if (pending.length > 0) blocks.push(packLines(pending))
    pending = []
  }
  const linesOf = (block: number): readonly string[] => {
    const packed = blocks[block]
    if (packed === undefined) return []
    const lines = open.get(block) ?? unpackLines(packed)
    open.delete(block)
    open.set(block, lines)
    const [oldest] = open.keys()
    if (open.size > KEPT_OPEN && oldest !== undefined) open.delete(oldest)
    return lines
  }
  return {
    linesPerBlock: LINES_PER_BLOCK,
    get count() {
      return count
    },
    blocks,
    append(line) {
      pending.push(line)
      count += 1
      if (pending.length === LINES_PER_BLOCK) seal()
    },
    seal,
    line: (at) => linesOf(Math.floor(at / LINES_PER_BLOCK))[at % LINES_PER_BLOCK],
  }
}

export function packLines(lines: readonly string[]): Buffer {
  return gzipSync(lines.map((line) => `${line}\n`).join(''), { level: 1 })
}

export function unpackLines(packed: Buffer): string[] {
  return gunzipSync(packed).toString('utf8').split('\n').slice(0, -1)
}
