/**
 * Rounds of faults under load: in each the relay is killed at a random moment and started again, connections are cut and
 * delayed, every other time the disk is full for a while, and now and then the clock jumps. At the end everything is
 * mended, all that was begun is seen through, and the ledger is read.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { signIn } from '../../server/bench/drive/sign-in.ts'
import { FaultDevice } from './device.ts'
import { Ledger, type Verdict } from './ledger.ts'
import { Network } from './network.ts'
import { createRandom, type Random } from './random.ts'
import { RelayUnderTest } from './relay-under-test.ts'
import { settle, until, untilWorking, within } from './waiting.ts'

export interface RoundsOptions {
  seed: number
  rounds: number
  progress(line: string): void
}

const DEVICES = 12
/** Each device writes to so many others: one conversation each, one message at a time in each. */
const CONVERSATIONS_EACH = 3
const DAY_MS = 24 * 3600_000

interface Scene {
  relay: RelayUnderTest
  network: Network
  devices: FaultDevice[]
  ledger: Ledger
  random: Random
}

export async function playRounds({ seed, rounds, progress }: RoundsOptions): Promise<Verdict> {
  const random = createRandom(seed)
  const relay = await RelayUnderTest.start()
  const network = await Network.open(relay.port)
  const ledger = new Ledger()
  const devices: FaultDevice[] = []
  try {
    const registered = await signIn(relay.url, await relay.ask('proofs', DEVICES))
    for (const device of registered) devices.push(new FaultDevice(network.url, device, ledger, random))
    for (const device of devices) device.start()
    let goesOn = true
    const conversations = devices.flatMap((device, index) =>
      Array.from({ length: CONVERSATIONS_EACH }, (_, offset) => {
        const peer = devices[(index + offset + 1) % devices.length]!
        return device.converse(peer.device, () => goesOn)
      }),
    )
    const broken = Promise.all(conversations)
    broken.catch(() => {})
    const scene = { relay, network, devices, ledger, random }
    for (let round = 1; round <= rounds; round += 1) {
      await playRound(scene, round)
      const { acknowledged } = ledger.verdict()
      progress(
        `round ${round} of ${rounds}: ${acknowledged} acknowledged, ${ledger.refusals} refused, ${ledger.repetitions} came again`,
      )
    }
    goesOn = false
    await within('the last message of each conversation', broken)
    await settle(devices, ledger)
    return ledger.verdict()
  } finally {
    for (const device of devices) device.stop()
    network.close()
    await relay.end()
  }
}

async function playRound({ relay, network, devices, ledger, random }: Scene, round: number): Promise<void> {
  await untilWorking(ledger)
  if (random.chance(0.3)) await relay.ask('setClock', random.between(-2, 2) * DAY_MS)
  await network.waver(random.between(50, 300), 120, random)
  network.cut(() => random.chance(0.4))
  if (round % 2 === 1) await fillDisk(relay, ledger)
  for (const device of devices) if (random.chance(0.2)) device.reconnect()
  await sleep(random.between(50, 500))
  await relay.kill()
  if (random.chance(0.5)) network.cut(() => true)
  await relay.up()
}

/** Until submissions were refused and envelopes deleted all the same; then there is room again. */
async function fillDisk(relay: RelayUnderTest, ledger: Ledger): Promise<void> {
  const refusals = ledger.refusals
  await relay.ask('fillDisk', true)
  await until('the full disk to be noticed', () => ledger.refusals > refusals + 5)
  const deletions = ledger.deletions
  await Promise.race([until('an envelope to be deleted', () => ledger.deletions > deletions), sleep(2_000)])
  await relay.ask('fillDisk', false)
  await untilWorking(ledger)
}
