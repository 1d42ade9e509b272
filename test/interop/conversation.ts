/** Plays a schedule between two devices and notes what became of every delivery. */
import type { CiphertextMessage, ProtocolAddress } from '@pli/crypto'
import { MemoryDevice, spqrEpoch } from '@pli/crypto/testing'
import { type NativeDevice, sessionKey } from './native-device.ts'
import { type SeededRandom, seededRandom } from './random.ts'
import { type DeliverEvent, other, type ScheduleEvent, type Side } from './schedule.ts'
import { tamperedCopy } from './tamper.ts'

export type Device = MemoryDevice | NativeDevice

export interface WayResult {
  delivered: number
  /** Positions in the schedule at which a genuine message was refused. */
  readonly refusedAt: Set<number>
  /** Decrypted, but to something else. */
  wrongPlaintexts: number
  tamperedTried: number
  tamperedAccepted: number
  replaysTried: number
  replaysAccepted: number
  /** A refusal that changed the stored session; seen on our own devices only. */
  refusalsThatWrote: number
}

export interface ConversationResult {
  /** By the side that sent. */
  readonly ways: Record<Side, WayResult>
  /** The lower of both sides' epochs at the end. */
  readonly spqrEpoch: number
}

export async function converse(
  devices: Record<Side, Device>,
  events: readonly ScheduleEvent[],
  seed: number,
  onProgress: (events: number) => void,
): Promise<ConversationResult> {
  const random = seededRandom(seed)
  const ways = { a: emptyResult(), b: emptyResult() }
  const underWay = new Map<string, { message: CiphertextMessage; plaintext: Uint8Array }>()
  await devices.a.open(await devices.b.publishBundle(), devices.b.address)
  for (const [position, event] of events.entries()) {
    const [from, to] = [devices[event.from], devices[other(event.from)]]
    const key = `${event.from}${event.message}`
    if (event.kind === 'send') {
      const plaintext = plaintextOf(event.from, event.message, random)
      underWay.set(key, { message: await from.encrypt(plaintext, to.address), plaintext })
    } else {
      const sent = underWay.get(key)
      if (!sent) throw new Error('the schedule delivers what was never sent')
      underWay.delete(key)
      await deliver({ to, remote: from.address, event, position, random, ...sent }, ways[event.from])
    }
    if (position % 256 === 0) onProgress(position)
  }
  const epochs = [epochOf(devices.a, devices.b), epochOf(devices.b, devices.a)]
  return { ways, spqrEpoch: Math.min(...epochs) }
}

interface Delivery {
  readonly to: Device
  readonly remote: ProtocolAddress
  readonly event: DeliverEvent
  readonly position: number
  readonly random: SeededRandom
  readonly message: CiphertextMessage
  readonly plaintext: Uint8Array
}

async function deliver(delivery: Delivery, result: WayResult): Promise<void> {
  const { to, remote, event, position, random, message, plaintext } = delivery
  if (event.tamper) {
    result.tamperedTried++
    const tampered = tamperedCopy(message, random.below)
    if (await attempt(to, tampered, remote, result)) result.tamperedAccepted++
  }
  const read = await attempt(to, message, remote, result)
  if (!read) result.refusedAt.add(position)
  else if (!sameBytes(read, plaintext)) result.wrongPlaintexts++
  else result.delivered++
  if (event.replay) {
    result.replaysTried++
    if (await attempt(to, message, remote, result)) result.replaysAccepted++
  }
}

/** The plaintext, or nothing when refused; a refusal must leave our own devices' stores as they were. */
async function attempt(
  to: Device,
  message: CiphertextMessage,
  remote: ProtocolAddress,
  result: WayResult,
): Promise<Uint8Array | undefined> {
  const writesBefore = to instanceof MemoryDevice ? to.stores.writes : 0
  try {
    return await to.decrypt(message, remote)
  } catch {
    if (to instanceof MemoryDevice && to.stores.writes !== writesBefore) result.refusalsThatWrote++
    return undefined
  }
}

function plaintextOf(from: Side, message: number, random: SeededRandom): Uint8Array {
  const text = `message ${message} of ${from} `
  return new TextEncoder().encode(text.padEnd(text.length + random.below(320), '.'))
}

function epochOf(device: Device, peer: Device): number {
  const sessions = device instanceof MemoryDevice ? device.stores.sessions : device.sessions
  return spqrEpoch(sessions.get(sessionKey(peer.address)) ?? new Uint8Array())
}

function emptyResult(): WayResult {
  return {
    delivered: 0,
    refusedAt: new Set(),
    wrongPlaintexts: 0,
    tamperedTried: 0,
    tamperedAccepted: 0,
    replaysTried: 0,
    replaysAccepted: 0,
    refusalsThatWrote: 0,
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
