/**
 * Both open a session at the same moment, and each has sent a few messages before the other's arrive, some of which are
 * lost. What arrives must be read, and after a short exchange both must write in one session: no handshake any more.
 */
import { type SeededRandom, seededRandom } from '../random.ts'
import type { ScenarioOptions } from './groups.ts'
import { type AnyParty, introduce, makeParty, PAIRS } from './pairs.ts'
import { Queue } from './queue.ts'
import { Relay } from './relay.ts'
import { type ScenarioReport, Tally, textOf } from './tally.ts'

const MOST_BEFORE_HEARING = 3
const EXCHANGES = 4
const WHISPER_TYPE = 2

type Pair = readonly [AnyParty, AnyParty]

export async function playInitiation(options: ScenarioOptions): Promise<ScenarioReport> {
  const random = seededRandom(options.seed)
  const tally = new Tally(random)
  const counts = { rounds: 0, settled: 0 }
  while (tally.messages < options.messages) {
    const [first, second] = PAIRS[counts.rounds % PAIRS.length] ?? ['js', 'js']
    const relay = new Relay()
    const pair = [await makeParty(first, relay), await makeParty(second, relay)] as const
    const back = [pair[1], pair[0]] as const
    await introduce(...pair)
    await introduce(...back)
    await crossOver([pair, back], options.loss, random, tally)
    for (let i = 0; i < EXCHANGES; i++) {
      for (const way of [pair, back]) await deliver(await send(way, random, tally), tally)
    }
    counts.rounds++
    if ((await isSettled(pair)) && (await isSettled(back))) counts.settled++
    else tally.unexpectedFailures++
  }
  return tally.report('simultaneous initiation', counts)
}

/** Each sends before it hears; all of that arrives in any order. The first of each way is never lost. */
async function crossOver(
  ways: readonly Pair[],
  loss: number,
  random: SeededRandom,
  tally: Tally,
): Promise<void> {
  const underWay = new Queue<Sent>(2 * MOST_BEFORE_HEARING, random)
  for (const way of ways) {
    const count = 1 + random.below(MOST_BEFORE_HEARING)
    for (let i = 0; i < count; i++) {
      const message = await send(way, random, tally)
      if (i > 0 && random.chance(loss)) tally.lost++
      else underWay.push(message)
    }
  }
  for (let next = underWay.take(); next; next = underWay.take()) await deliver(next, tally)
}

interface Sent {
  readonly to: AnyParty
  readonly plaintext: Uint8Array
  readonly sealed: Uint8Array
}

async function send([from, to]: Pair, random: SeededRandom, tally: Tally): Promise<Sent> {
  const plaintext = textOf('at the same moment ', random)
  tally.messages++
  return { to, plaintext, sealed: await from.sealTo(to, plaintext) }
}

function deliver({ to, sealed, plaintext }: Sent, tally: Tally): Promise<void> {
  return tally.deliver(to, sealed, plaintext)
}

async function isSettled([from, to]: Pair): Promise<boolean> {
  return (await from.device.encrypt(new Uint8Array(1), to.address)).type === WHISPER_TYPE
}
