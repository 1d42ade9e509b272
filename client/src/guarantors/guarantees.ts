/**
 * Who asks this person to answer for them, and for whom they answer: as the relay last said. It is asked when the account
 * opens, when the relay says that something changed, and when the app is looked at again; kept in memory only.
 * Not concerned with applicants (`own-request.ts`).
 */
import type { GuaranteeList } from '@pli/protocol/wire'
import type { MessengerContext } from '../accounts/messenger-context.ts'
import type { Live, Messenger } from '../api.ts'
import { createLive } from '../live/live-value.ts'

type Decisions = Pick<Messenger, 'acceptGuarantee' | 'refuseGuarantee' | 'renewGuarantee' | 'revokeGuarantee'>

export interface WatchedGuarantees {
  live: Live<GuaranteeList>
  decisions: Decisions
  /** The relay says that something changed, or can be asked again. */
  changed(): void
  stop(): void
}

export function watchGuarantees({
  relay,
  device,
  onWake,
}: Pick<MessengerContext, 'relay' | 'device' | 'onWake'>): WatchedGuarantees {
  const live = createLive<GuaranteeList>()
  const token = device.deviceToken
  let asked = 0
  let stopped = false
  const refresh = async () => {
    asked += 1
    const turn = asked
    const list = await relay.guarantees(token)
    // A later question may have been answered first.
    if (!stopped && turn === asked) live.set(list)
  }
  // What cannot be asked now is asked when the line is back.
  const changed = () => void refresh().catch(() => undefined)
  const then = async (decided: Promise<void>) => {
    try {
      await decided
    } finally {
      changed()
    }
  }
  const stopWaking = onWake(changed)
  changed()
  return {
    live,
    changed,
    decisions: {
      acceptGuarantee: ({ guaranteeId, ...decision }) =>
        then(relay.acceptGuarantee(token, guaranteeId, decision)),
      refuseGuarantee: ({ guaranteeId, reason }) => then(relay.refuseGuarantee(token, guaranteeId, reason)),
      renewGuarantee: (guaranteeId) => then(relay.renewGuarantee(token, guaranteeId)),
      revokeGuarantee: ({ guaranteeId, reason }) => then(relay.revokeGuarantee(token, guaranteeId, reason)),
    },
    stop: () => {
      stopped = true
      stopWaking()
    },
  }
}
