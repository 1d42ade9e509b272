/** For whom this person answers: until when, renewing, and taking it back. Nothing where they answer for nobody. */
import type { Guarantee } from '@pli/protocol/wire'
import { useState } from 'react'
import { FailedLine } from '../feedback/states.tsx'
import { useToasts } from '../feedback/toasts.tsx'
import { useMessenger } from '../hooks/pli-context.tsx'
import { useLive } from '../hooks/use-live.ts'
import { useTask } from '../hooks/use-task.ts'
import { useSpeech } from '../i18n/language.tsx'
import { SettingGroup } from '../settings/setting.tsx'
import { nameOf, RevokeDialog } from './decision-dialogs.tsx'
import { useGuarantorWords } from './use-guarantor-words.ts'

export function VouchedFor() {
  const say = useGuarantorWords()
  const list = useLive(useMessenger().guarantees)
  const shown = list?.guarantees.filter(({ state }) => state === 'approved' || state === 'expired') ?? []
  if (shown.length === 0) return null
  return (
    <SettingGroup title={say('mine.title')}>
      {shown.map((guarantee) => (
        <Vouched key={guarantee.guaranteeId} guarantee={guarantee} />
      ))}
    </SettingGroup>
  )
}

function Vouched({ guarantee }: { guarantee: Guarantee }) {
  const say = useGuarantorWords()
  const { format } = useSpeech()
  const messenger = useMessenger()
  const toasts = useToasts()
  const task = useTask()
  const [revoking, setRevoking] = useState(false)
  const { guaranteeId, state, applicant, endsAtMs, renewable } = guarantee
  const name = nameOf(guarantee)
  const isOn = state === 'approved'
  const until = isOn ? say('mine.until', { date: format.date(endsAtMs) }) : say('mine.ended')
  const renew = () =>
    void task.run(async () => {
      await messenger.renewGuarantee(guaranteeId)
      toasts.show({ text: say('mine.renewed') })
    })
  return (
    <li className="setting">
      <span>
        <b>{name}</b>
        <small className="setting__hint">
          {applicant.profession} · {until}
        </small>
      </span>
      <span className="asked__actions">
        {renewable && (
          <button
            type="button"
            className="btn"
            aria-label={say('mine.renewWho', { name })}
            aria-busy={task.busy}
            onClick={renew}
          >
            {say('mine.renew')}
          </button>
        )}
        {isOn && (
          <button
            type="button"
            className="btn"
            aria-label={say('mine.revokeWho', { name })}
            onClick={() => setRevoking(true)}
          >
            {say('mine.revoke')}
          </button>
        )}
        <FailedLine error={task.failure} />
      </span>
      {revoking && <RevokeDialog guarantee={guarantee} onClose={() => setRevoking(false)} />}
    </li>
  )
}
