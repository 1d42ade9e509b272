/**
 * Sealed sender, version 1: both ways between the engines, with loss; and what must not be believed: certificates that
 * expired, that a revoked server key signed, or that another relay issued.
 */
import { seededRandom } from '../random.ts'
import type { ScenarioOptions } from './groups.ts'
import { type AnyParty, introduce, makeParty, PAIRS } from './pairs.ts'
import { NOW_MS, Relay } from './relay.ts'
import { type ScenarioReport, Tally, textOf } from './tally.ts'

export async function playSealedV1(options: ScenarioOptions): Promise<ScenarioReport> {
  const random = seededRandom(options.seed)
  const tally = new Tally(random)
  const counts = { expiredAccepted: 0, revokedAccepted: 0, strangersAccepted: 0 }
  for (const [first, second] of PAIRS) {
    const relay = new Relay()
    const pair = [await makeParty(first, relay), await makeParty(second, relay)] as const
    await introduce(...pair)
    for (let message = 0; message < options.messages / PAIRS.length; message++) {
      // the second knows the session once the first message is there
      const answers = message > 0 && random.chance(0.5)
      const [from, to] = answers ? [pair[1], pair[0]] : pair
      const plaintext = textOf(`sealed ${message} `, random)
      const sealed = await from.sealTo(to, plaintext)
      tally.messages++
      if (message > 0 && random.chance(options.loss)) tally.lost++
      else await tally.deliver(to, sealed, plaintext)
      if (message % 10 === 9) await offerUnbelievable({ from, to, relay, tally, counts })
    }
  }
  const accepted = counts.expiredAccepted + counts.revokedAccepted + counts.strangersAccepted
  tally.unexpectedFailures += accepted
  return tally.report('sealed sender v1', counts)
}

interface Offer {
  readonly from: AnyParty
  readonly to: AnyParty
  readonly relay: Relay
  readonly tally: Tally
  readonly counts: { expiredAccepted: number; revokedAccepted: number; strangersAccepted: number }
}

async function offerUnbelievable({ from, to, relay, tally, counts }: Offer): Promise<void> {
  const genuine = from.certificate
  const offer = async (certificate: Uint8Array) => {
    from.certificate = certificate
    const sealed = await from.sealTo(to, new TextEncoder().encode('believe me'))
    from.certificate = genuine
    return (await tally.isAccepted(to, sealed)) ? 1 : 0
  }
  const { address, identityKey } = from
  counts.expiredAccepted += await offer(relay.certify(address, identityKey, { expiresAtMs: NOW_MS - 1 }))
  counts.revokedAccepted += await offer(relay.certify(address, identityKey, { revoked: true }))
  counts.strangersAccepted += await offer(new Relay().certify(address, identityKey))
}
