/**
 * First messages that come twice or in the wrong order, and messages that cannot be read because the recipient lost its
 * session: it asks for them again, the sender checks the request, starts over from a fresh bundle and repeats.
 */
import {
  archiveCurrentSession,
  type CiphertextMessage,
  describeFailure,
  fromPlaintextContent,
  sessionRatchetKeyMatches,
  toPlaintextContent,
} from '@pli/crypto'
import { MemoryDevice } from '@pli/crypto/testing'
import * as native from '@signalapp/libsignal-client'
import type { Device } from '../conversation.ts'
import { plain, sessionKey } from '../native-device.ts'
import { type SeededRandom, seededRandom } from '../random.ts'
import type { ScenarioOptions } from './groups.ts'
import { type AnyParty, introduce, makeParty, PAIRS } from './pairs.ts'
import { NOW_MS, Relay } from './relay.ts'
import { type ScenarioReport, sameBytes, Tally, textOf } from './tally.ts'

export async function playRetries(options: ScenarioOptions): Promise<ScenarioReport> {
  const random = seededRandom(options.seed)
  const tally = new Tally(random)
  const counts = { rounds: 0, repeated: 0, staleRequestsHonoured: 0 }
  while (tally.messages < options.messages) {
    const [first, second] = PAIRS[counts.rounds % PAIRS.length] ?? ['js', 'js']
    const relay = new Relay()
    const [a, b] = [await makeParty(first, relay), await makeParty(second, relay)]
    await introduce(a, b)
    await sendTwiceAndSwapped(a, b, random, tally)
    if (await loseAndRepeat(a, b, random, tally)) counts.repeated++
    else tally.unexpectedFailures++
    counts.staleRequestsHonoured += await offerStaleRequest(a, b, tally)
    counts.rounds++
  }
  tally.unexpectedFailures += counts.staleRequestsHonoured
  return tally.report('prekey retries', counts)
}

/** Two first messages of one handshake, the second before the first, each offered twice; then an answer. */
async function sendTwiceAndSwapped(a: AnyParty, b: AnyParty, random: SeededRandom, tally: Tally) {
  const texts = [textOf('first ', random), textOf('second ', random)]
  const sealed = [
    await a.sealTo(b, texts[0] ?? new Uint8Array()),
    await a.sealTo(b, texts[1] ?? new Uint8Array()),
  ]
  for (const at of [1, 0]) {
    tally.messages++
    await tally.deliver(b, sealed[at] ?? new Uint8Array(), texts[at] ?? new Uint8Array())
  }
  for (const again of sealed) if (await tally.isAccepted(b, again)) tally.replaysAccepted++
  await exchange(b, a, random, tally)
  await exchange(a, b, random, tally)
}

async function exchange(from: AnyParty, to: AnyParty, random: SeededRandom, tally: Tally): Promise<void> {
  const plaintext = textOf('and on ', random)
  tally.messages++
  await tally.deliver(to, await from.sealTo(to, plaintext), plaintext)
}

/** Whether the message came through in the end, and the conversation goes on both ways. */
async function loseAndRepeat(a: AnyParty, b: AnyParty, random: SeededRandom, tally: Tally): Promise<boolean> {
  const plaintext = textOf('not readable at first ', random)
  const message = await a.device.encrypt(plaintext, b.address)
  forgetSession(b.device, a.device)
  tally.messages++
  if (await isRead(b, message, a)) return false
  const request = requestRetry(b.device, message, a)
  if (!archiveIfCurrent(a.device, b.device, request)) return false
  await introduce(a, b)
  const repeated = await a.device.encrypt(plaintext, b.address)
  const read = await b.device.decrypt(repeated, a.address)
  if (!sameBytes(read, plaintext)) return false
  tally.delivered++
  // the copy that failed stays unreadable, and the request is not honoured twice
  if (await isRead(b, message, a)) tally.replaysAccepted++
  if (archiveIfCurrent(a.device, b.device, request)) return false
  await exchange(b, a, random, tally)
  await exchange(a, b, random, tally)
  return true
}

/** A request for a message of a ratchet that is long over must not cost the session that works. */
async function offerStaleRequest(a: AnyParty, b: AnyParty, tally: Tally): Promise<number> {
  const old = await a.device.encrypt(new Uint8Array(1), b.address)
  const stale = requestRetry(b.device, old, a)
  for (let i = 0; i < 2; i++) {
    for (const [from, to] of [[a, b] as const, [b, a] as const]) {
      const plaintext = new TextEncoder().encode('the ratchet moves')
      tally.messages++
      await tally.deliver(to, await from.sealTo(to, plaintext), plaintext)
    }
  }
  return archiveIfCurrent(a.device, b.device, stale) ? 1 : 0
}

async function isRead(to: AnyParty, message: CiphertextMessage, from: AnyParty): Promise<boolean> {
  const { writes } = to
  return to.device.decrypt(message, from.address).then(
    () => true,
    () => to.writes !== writes,
  )
}

function sessionsOf(device: Device): Map<string, Uint8Array> {
  return device instanceof MemoryDevice
    ? device.stores.sessions
    : (device.sessions as Map<string, Uint8Array>)
}

function forgetSession(device: Device, peer: Device): void {
  sessionsOf(device).delete(sessionKey(peer.address))
}

/** The body of the plaintext message that asks for another copy. */
function requestRetry(device: Device, message: CiphertextMessage, sender: AnyParty): Uint8Array {
  const { type, body } = message
  const { deviceId } = sender.address
  if (device instanceof MemoryDevice) {
    return toPlaintextContent(describeFailure({ type, body, timestampMs: NOW_MS, senderDeviceId: deviceId }))
      .body
  }
  const failure = native.DecryptionErrorMessage.forOriginal(plain(body), type, NOW_MS, deviceId)
  return native.PlaintextContent.from(failure).serialize()
}

/** Puts the session aside if the request is about its present ratchet; tells whether it was. */
function archiveIfCurrent(device: Device, peer: Device, request: Uint8Array): boolean {
  const sessions = sessionsOf(device)
  const name = sessionKey(peer.address)
  const record = sessions.get(name)
  if (!record) return false
  if (device instanceof MemoryDevice) {
    const { ratchetKey } = fromPlaintextContent(request)
    if (!ratchetKey || !sessionRatchetKeyMatches(record, ratchetKey)) return false
    sessions.set(name, archiveCurrentSession(record))
    return true
  }
  const body = native.PlaintextContent.deserialize(plain(request)).body()
  const key = native.DecryptionErrorMessage.extractFromSerializedBody(body).ratchetKey()
  const parsed = native.SessionRecord.deserialize(plain(record))
  if (!key || !parsed.currentRatchetKeyMatches(key)) return false
  parsed.archiveCurrentState()
  sessions.set(name, parsed.serialize())
  return true
}
