/**
 * Looks for secrets in every byte of a folder: each file as it is, and whatever gzip, zlib or raw-deflate streams it
 * holds, unpacked. Not concerned with where the files come from (`recorder.ts`, the relay's data folder, logs, heap).
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import { type Needle, needlesOf, type Secret } from './needles.ts'

export interface Finding {
  file: string
  secret: string
  form: string
}

export interface SearchResult {
  findings: Finding[]
  filesSearched: number
  bytesSearched: number
}

const UNPACKED_LIMIT = 64 * 1024 * 1024
const unpackers = [gunzipSync, inflateSync, inflateRawSync, brotliDecompressSync]

function* compressedStreams(bytes: Buffer): Generator<Buffer> {
  const starts = [0]
  for (let at = bytes.indexOf(0x1f); at !== -1; at = bytes.indexOf(0x1f, at + 1)) {
    if (bytes[at + 1] === 0x8b && bytes[at + 2] === 8) starts.push(at)
  }
  for (let at = bytes.indexOf(0x78); at !== -1; at = bytes.indexOf(0x78, at + 1)) {
    const second = bytes[at + 1]
    if (second !== undefined && ((0x78 << 8) | second) % 31 === 0) starts.push(at)
  }
  for (const start of starts) yield bytes.subarray(start)
}

function unpack(bytes: Buffer): Buffer | undefined {
  for (const unpacker of unpackers) {
    try {
      const unpacked = unpacker(bytes, { maxOutputLength: UNPACKED_LIMIT })
      if (unpacked.length > 0) return unpacked
    } catch {
      // Not of this format, or not compressed at all.
    }
  }
  return undefined
}

function findIn(bytes: Buffer, needles: Needle[], file: string): Finding[] {
  return needles
    .filter((needle) => bytes.includes(needle.bytes))
    .map(({ secret, form }) => ({ file, secret, form }))
}

function findInFile(bytes: Buffer, needles: Needle[], file: string, unpackStreams: boolean): Finding[] {
  const findings = findIn(bytes, needles, file)
  if (!unpackStreams) return findings
  for (const stream of compressedStreams(bytes)) {
    const unpacked = unpack(stream)
    if (unpacked !== undefined) findings.push(...findIn(unpacked, needles, `${file} (unpacked)`))
  }
  return findings
}

/** `secrets` of fewer than 8 bytes are refused: they would be found by chance. */
export async function searchFolder(folder: string, secrets: Secret[]): Promise<SearchResult> {
  for (const { name, bytes } of secrets)
    if (bytes.length < 8) throw new Error(`${name} is too short to search for`)
  const needles = secrets.flatMap(needlesOf)
  const result: SearchResult = { findings: [], filesSearched: 0, bytesSearched: 0 }
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = await readFile(path)
    // A heap snapshot is text of its own; trying each of its bytes as the start of a stream would take minutes.
    const unpackStreams = !entry.name.endsWith('.heapsnapshot')
    result.findings.push(...findInFile(bytes, needles, entry.name, unpackStreams))
    result.filesSearched += 1
    result.bytesSearched += bytes.length
  }
  return result
}
