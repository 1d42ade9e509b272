/** Every decoder of this package, with genuine inputs to start from. */
import { replaceRandomSource } from '../../src/primitives/random.ts'
import type { FuzzTarget } from '../engine.ts'
import { SeededRandom } from '../random.ts'
import { decoderTargets } from './decoders.ts'
import { documentTargets } from './documents.ts'
import { protocolTargets } from './protocol.ts'
import { makeSamples } from './samples.ts'
import { spqrTarget } from './spqr.ts'

/** @param seed decides the keys, so that an input that was kept means the same another time */
export async function makeTargets(seed: number): Promise<FuzzTarget[]> {
  const random = new SeededRandom(seed)
  replaceRandomSource((bytes) => random.fill(bytes))
  try {
    const samples = await makeSamples()
    const documents = await documentTargets()
    return [...decoderTargets(samples), spqrTarget(samples), ...documents, ...(await protocolTargets())]
  } finally {
    replaceRandomSource(undefined)
  }
}
