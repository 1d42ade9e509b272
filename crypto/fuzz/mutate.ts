/**
 * Changes valid inputs into ones that may not be: bits, interesting numbers, lengths of protobuf fields, pieces cut out,
 * repeated, moved or taken from another input; now and then bytes that were never valid.
 */
import type { SeededRandom } from './random.ts'

const INTERESTING = [0x00, 0x01, 0x05, 0x08, 0x0a, 0x12, 0x7f, 0x80, 0xc0, 0xff]
const MAX_LENGTH = 300_000

type Mutation = (bytes: Uint8Array, random: SeededRandom, other: Uint8Array) => Uint8Array

const flipBit: Mutation = (bytes, random) => {
  const at = random.below(bytes.length)
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8))
  return bytes
}

const setByte: Mutation = (bytes, random) => {
  bytes[random.below(bytes.length)] = random.pick(INTERESTING)
  return bytes
}

// a long run of continuation bytes: numbers beyond their range, overlong lengths
const stretchVarint: Mutation = (bytes, random) => {
  const at = random.below(bytes.length)
  bytes.fill(random.pick([0x80, 0xff]), at, at + 1 + random.below(11))
  return bytes
}

const setNumber: Mutation = (bytes, random) => {
  if (bytes.length < 4) return bytes
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const value = random.pick([0, 1, 0x7fff_ffff, 0xffff_ffff, bytes.length, bytes.length - 1, random.next()])
  view.setUint32(random.below(bytes.length - 3), value, random.below(2) === 0)
  return bytes
}

const cut: Mutation = (bytes, random) => bytes.slice(0, random.below(bytes.length + 1))

const remove: Mutation = (bytes, random) => {
  const [from, to] = range(bytes, random)
  return join(bytes.subarray(0, from), bytes.subarray(to))
}

const repeat: Mutation = (bytes, random) => {
  const [from, to] = range(bytes, random)
  const times = random.below(8) === 0 ? 1 + random.below(100) : 1
  const piece = bytes.subarray(from, to)
  return join(bytes.subarray(0, to), ...Array.from({ length: times }, () => piece), bytes.subarray(to))
}

const insert: Mutation = (bytes, random) => {
  const at = random.below(bytes.length + 1)
  return join(bytes.subarray(0, at), random.fill(new Uint8Array(1 + random.below(16))), bytes.subarray(at))
}

const splice: Mutation = (bytes, random, other) => {
  const [from, to] = range(other, random)
  const at = random.below(bytes.length + 1)
  return join(
    bytes.subarray(0, at),
    other.subarray(from, to),
    bytes.subarray(at + random.below(2) * (to - from)),
  )
}

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  flipBit,
  setByte,
  setByte,
  stretchVarint,
  setNumber,
  cut,
  remove,
  repeat,
  insert,
  splice,
]

/** A new input; `input` and `other` stay as they are. */
export function mutate(input: Uint8Array, other: Uint8Array, random: SeededRandom): Uint8Array {
  if (random.below(20) === 0) return random.fill(new Uint8Array(random.below(400)))
  let bytes: Uint8Array = Uint8Array.from(input)
  for (let i = 1 + random.below(4); i > 0; i--) {
    if (bytes.length === 0) bytes = random.fill(new Uint8Array(8))
    bytes = random.pick(MUTATIONS)(bytes, random, other)
    if (bytes.length > MAX_LENGTH) bytes = bytes.slice(0, MAX_LENGTH)
  }
  return bytes
}

function range(bytes: Uint8Array, random: SeededRandom): [number, number] {
  const from = random.below(bytes.length)
  const longest = random.below(4) === 0 ? bytes.length : 16
  return [from, Math.min(bytes.length, from + 1 + random.below(longest))]
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
