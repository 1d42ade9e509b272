/**
 * Sealed sender, version 2: one upload to several accounts, one of them with two devices, one left out by name. The
 * relay's native code cuts it. What is cut for one account must not open for another, and an upload that was not cut
 * for nobody.
 */
import { randomUUID } from 'node:crypto'
import { generateIdentityKeyPair } from '@pli/crypto'
import { seededRandom } from '../random.ts'
import type { ScenarioOptions } from './groups.ts'
import { type AnyParty, introduce, makeParty } from './pairs.ts'
import type { Engine } from './party.ts'
import { type CutMessage, Relay } from './relay.ts'
import { type ScenarioReport, Tally, textOf } from './tally.ts'

const SENDERS: readonly Engine[] = ['js', 'native']

export async function playSealedV2(options: ScenarioOptions): Promise<ScenarioReport> {
  const random = seededRandom(options.seed)
  const tally = new Tally(random)
  const counts = { misdirectedAccepted: 0, uncutAccepted: 0 }
  for (const engine of SENDERS) {
    const { relay, sender, recipients, distributionId } = await prepare(engine)
    for (let message = 0; message < options.messages / SENDERS.length; message++) {
      const plaintext = textOf(`to many ${message} `, random)
      const excluded = message % 2 === 0 ? [randomUUID()] : []
      const upload = await sender.sealToGroup({ distributionId, plaintext, recipients, excluded })
      tally.messages++
      if (relay.excluded(upload).join() !== excluded.join()) tally.unexpectedFailures++
      const cut = relay.cut(upload)
      for (const to of recipients) {
        const part = cut.get(to.address.serviceId)
        if (!part?.deviceIds.includes(to.address.deviceId)) tally.unexpectedFailures++
        else if (random.chance(options.loss)) tally.lost++
        else await tally.deliver(to, part.bytes, plaintext)
      }
      if (message % 8 === 0) await offerToOthers({ upload, cut, recipients, tally, counts })
    }
  }
  tally.unexpectedFailures += counts.misdirectedAccepted + counts.uncutAccepted
  return tally.report('sealed sender v2', counts)
}

interface Offer {
  readonly upload: Uint8Array
  readonly cut: ReadonlyMap<string, CutMessage>
  readonly recipients: readonly AnyParty[]
  readonly tally: Tally
  readonly counts: { misdirectedAccepted: number; uncutAccepted: number }
}

async function offerToOthers({ upload, cut, recipients, tally, counts }: Offer): Promise<void> {
  for (const to of recipients) {
    if (await tally.isAccepted(to, upload)) counts.uncutAccepted++
    for (const [accountId, { bytes }] of cut) {
      if (accountId === to.address.serviceId) continue
      if (await tally.isAccepted(to, bytes)) counts.misdirectedAccepted++
    }
  }
}

/** One sender; an account of ours with a device on each engine, and an account on each. */
async function prepare(engine: Engine) {
  const relay = new Relay()
  const sender = await makeParty(engine, relay)
  const shared = await generateIdentityKeyPair()
  const account = randomUUID()
  const recipients: AnyParty[] = [
    await makeParty('js', relay, { serviceId: account, deviceId: 1 }, shared),
    await makeParty('native', relay, { serviceId: account, deviceId: 2 }, shared),
    await makeParty('native', relay),
    await makeParty('js', relay),
  ]
  const distributionId = randomUUID()
  const distribution = await sender.distribute(distributionId)
  for (const to of recipients) {
    await introduce(sender, to)
    const { sender: from, plaintext } = await to.unseal(await sender.sealTo(to, distribution))
    await to.takeIn(from, plaintext)
  }
  return { relay, sender, recipients, distributionId }
}
