/**
 * Both open a session at the same moment, and each has sent a few messages before the other's arrive, some of which are
 * lost. What arrives must be read, and after a short exchange both must write in one session: no handshake any more.
 */
import { seededRandom } from '../random.ts'
import type { ScenarioOptions } from './groups.ts'
import { type AnyParty, introduce, makeParty, PAIRS } from './pairs.ts'
import { Queue } from './queue.ts'
import { Relay } from './relay.ts'
import { type ScenarioReport, Tally, textOf } from './tally.ts'

const MOST_BEFORE_HEARING = 3
const EXCHANGES = 4
const WHISPER_TYPE = 2

export async function playInitiation(options: ScenarioOptions): Promise<ScenarioReport> {
  const random = seededRandom(options.seed)
  const tally = new Tally(random)
  const counts = { rounds: 0, settled: 0 }
  while (tally.messages < options.messages) {
    const [first, second] = PAIRS[counts.rounds % PAIRS.length] ?? ['js', 'js']
    const relay = new Relay()
    const pair = [await makeParty(first, relay), await makeParty(second, relay)] as const
    const send = async (from: AnyParty, to: AnyParty) => {
      const plaintext = textOf('at the same moment ', random)
      tally.messages++
      return { to, plaintext, sealed: await from.sealTo(to, plaintext) }
    }
    await introduce(pair[0], pair[1])
    await introduce(pair[1], pair[0])
    const underWay = new Queue<Awaited<ReturnType<typeof send>>>(2 * MOST_BEFORE_HEARING, random)
    for (const [from, to] of [pair, [pair[1], pair[0]] as const]) {
      const count = 1 + random.below(MOST_BEFORE_HEARING)
      for (let i = 0; i < count; i++) {
        const message = await send(from, to)
        if (i > 0 && random.chance(options.loss)) tally.lost++
        else underWay.push(message)
      }
    }
    for (let next = underWay.take(); next; next = underWay.take()) {
      await tally.deliver(next.to, next.sealed, next.plaintext)
    }
    for (let i = 0; i < 2 * EXCHANGES; i++) {
      const [from, to] = i % 2 === 0 ? pair : [pair[1], pair[0]]
      const { sealed, plaintext } = await send(from, to)
      await tally.deliver(to, sealed, plaintext)
    }
    counts.rounds++
    if ((await isSettled(pair[0], pair[1])) && (await isSettled(pair[1], pair[0]))) counts.settled++
    else tally.unexpectedFailures++
  }
  return tally.report('simultaneous initiation', counts)
}

async function isSettled(from: AnyParty, to: AnyParty): Promise<boolean> {
  return (await from.device.encrypt(new Uint8Array(1), to.address)).type === WHISPER_TYPE
}
