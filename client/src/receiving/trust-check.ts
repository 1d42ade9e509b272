/**
 * Whether the relay still stands under the trust root this device pinned when it was registered. If it does not, no
 * certificate it issues can be believed, nor its messages thrown away: they stay with the relay, and the person is
 * told. Source: design/security.md, "What the relay may know". Not concerned with single certificates.
 */
import type { MessengerContext } from '../accounts/messenger-context.ts'
import { ClientError } from '../errors.ts'
import { sameBytes } from '../sessions/same-bytes.ts'

/** A peer that sends forged certificates must not make this device ask each time. */
const ASK_AGAIN_AFTER_MS = 600_000

export interface TrustCheck {
  /** Called when a certificate was refused. Throws `trust_root_changed`, or what the relay's absence throws. */
  check(): Promise<void>
}

export function createTrustCheck(
  context: Pick<MessengerContext, 'relay' | 'device' | 'nowMs'>,
  changed: () => void,
): TrustCheck {
  let foundGoodAtMs: number | undefined
  return {
    check: async () => {
      const nowMs = context.nowMs()
      if (foundGoodAtMs !== undefined && Math.abs(nowMs - foundGoodAtMs) < ASK_AGAIN_AFTER_MS) return
      const { trustRoots } = await context.relay.config()
      const { trustRoots: pinned } = context.device
      if (!trustRoots.some((root) => pinned.some((one) => sameBytes(one, root)))) {
        changed()
        throw new ClientError('trust_root_changed')
      }
      foundGoodAtMs = nowMs
    },
  }
}
