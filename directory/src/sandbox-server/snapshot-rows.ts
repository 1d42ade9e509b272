// The rows of one version of the register, as gzip members: blocks that nothing was changed in go as they lie.
// Not concerned with versions (register.ts).

import { type LineBlocks, packLines, unpackLines } from './line-blocks.ts'
import type { SandboxRecord } from './record.ts'

type Changed = ReadonlyMap<number, SandboxRecord | null>
type Change = readonly [index: number, record: SandboxRecord | null]

/** @param after how many rows to leave out at the beginning */
export function* writeRows(lines: LineBlocks, changed: Changed, after: number): Generator<Buffer> {
  const { linesPerBlock, count, blocks } = lines
  const changesOfBlock = groupByBlock(changed, linesPerBlock)
  let last = blocks.length - 1
  for (const block of changesOfBlock.keys()) last = Math.max(last, block)
  let toSkip = after
  for (let block = 0; block <= last; block++) {
    const packed = blocks[block]
    const changes = changesOfBlock.get(block)
    const inBlock = Math.min(linesPerBlock, count - block * linesPerBlock)
    if (packed !== undefined && changes === undefined && toSkip >= inBlock) {
      toSkip -= inBlock
    } else if (packed !== undefined && changes === undefined && toSkip === 0) {
      yield packed
    } else {
      const live = applyChanges(packed === undefined ? [] : unpackLines(packed), changes)
      if (toSkip < live.length) yield packLines(live.slice(toSkip))
      toSkip = Math.max(0, toSkip - live.length)
    }
  }
}

function applyChanges(lines: readonly string[], changes: readonly Change[] = []): string[] {
  const result: (string | undefined)[] = [...lines]
  for (const [index, record] of changes) result[index] = record === null ? undefined : JSON.stringify(record)
  return result.filter((line) => line !== undefined)
}

function groupByBlock(changed: Changed, linesPerBlock: number): ReadonlyMap<number, Change[]> {
  const groups = new Map<number, Change[]>()
  for (const [at, record] of changed) {
    const block = Math.floor(at / linesPerBlock)
    const group = groups.get(block) ?? []
    group.push([at % linesPerBlock, record])
    groups.set(block, group)
  }
  return groups
}
