/** Any n distinct chunks of an n-chunk value give it back, in its stored form too. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ProtobufWriter } from '../../wire/protobuf.ts'
import {
  addChunk,
  type Chunk,
  type ChunkEncoder,
  decodedValue,
  nextChunk,
  startDecoding,
  startEncoding,
} from './erasure-code.ts'
import { decodeDecoder, decodeEncoder, writeDecoder, writeEncoder } from './erasure-code-codec.ts'

// the lengths that the braid uses: header, second part, first part, key
const lengths = fc.constantFrom(96, 160, 960, 1152)

function makeChunks(value: Uint8Array, count: number): Chunk[] {
  let encoder: ChunkEncoder = startEncoding(value)
  return Array.from({ length: count }, () => {
    const next = nextChunk(encoder)
    encoder = decodeEncoder(written(writeEncoder, next.encoder), value.length)
    return next.chunk
  })
}

const cases = lengths.chain((length) =>
  fc.record({
    value: fc.uint8Array({ minLength: length, maxLength: length }),
    order: fc.shuffledSubarray(
      Array.from({ length: length / 16 }, (_, i) => i),
      { minLength: length / 32, maxLength: length / 16 },
    ),
  }),
)

it('any chunks will do, in any order', () => {
  fc.assert(
    fc.property(cases, ({ value, order }) => {
      const chunks = makeChunks(value, value.length / 16)
      let decoder = startDecoding(value.length)
      for (const [received, index] of order.entries()) {
        const chunk = chunks[index]
        if (chunk) decoder = addChunk(decoder, chunk)
        decoder = decodeDecoder(written(writeDecoder, decoder), value.length)
        if (received + 1 < value.length / 32) expect(decodedValue(decoder)).toBeUndefined()
      }
      expect(decodedValue(decoder)).toEqual(value)
    }),
    { numRuns: 40 },
  )
})

it('a chunk that comes twice, or differently the second time, changes nothing', () => {
  const [chunk] = makeChunks(new Uint8Array(96).fill(7), 1)
  if (!chunk) throw new Error('no chunk')
  const once = addChunk(startDecoding(96), chunk)
  expect(addChunk(once, chunk)).toBe(once)
  expect(addChunk(once, { ...chunk, data: new Uint8Array(32) })).toBe(once)
})

function written<T>(write: (writer: ProtobufWriter, value: T) => void, value: T): Uint8Array {
  const writer = new ProtobufWriter()
  write(writer, value)
  return writer.finish()
}
