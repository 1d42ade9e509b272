/** A few seconds of the fuzzer on every run; `npm run fuzz` goes on for longer and watches for hangs, too. */
import { describe, expect, it } from 'vitest'
import { type FuzzTarget, findInvalidCorpus, fuzz } from '../fuzz/engine.ts'
import { makeTargets } from '../fuzz/targets/index.ts'
import { CryptoError } from './errors.ts'

const SEED = 1
const SECONDS = 6

describe('every decoder', () => {
  it('throws nothing but a code, and a refusal changes nothing', async () => {
    const report = await fuzz(await makeTargets(SEED), { seed: SEED, seconds: SECONDS })
    const crashes = report.crashes.map(({ target, reason, input }) => ({
      target,
      reason,
      input: Buffer.from(input).toString('base64').slice(0, 4_000),
    }))
    expect(crashes).toEqual([])
    expect(Object.values(report.byTarget).every(({ executions }) => executions > 0)).toBe(true)
  }, 300_000)

  it('takes the inputs that the fuzzer begins with', async () => {
    expect(await findInvalidCorpus(await makeTargets(SEED))).toEqual([])
  })
})

describe('the fuzzer finds', () => {
  const corpus = [Uint8Array.of(1, 2, 3, 4)]
  const crashesOf = async (target: Omit<FuzzTarget, 'name' | 'corpus'>) =>
    (await fuzz([{ name: 'faulty', corpus, ...target }], { seed: 2, seconds: 1 })).crashes

  it('an error that is no code', async () => {
    const [crash] = await crashesOf({
      decode: (input) => new DataView(input.buffer).getUint32(0),
    })
    expect(crash?.reason).toContain('RangeError')
    expect(crash?.input.length).toBeLessThan(4)
  })

  it('a refusal that changed something', async () => {
    let stored = 0
    const crashes = await crashesOf({
      decode: (input) => {
        stored = input[0] ?? 0
        if (stored !== 1) throw new CryptoError('malformed', 'not one')
      },
      settle: (wasTaken) => {
        if (!wasTaken && stored !== 1) throw new Error('a refusal changed what is stored')
      },
    })
    expect(crashes[0]?.reason).toContain('changed')
  })
})
