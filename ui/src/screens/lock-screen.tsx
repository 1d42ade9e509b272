/**
 * Who opens which account of this device. With several, one picks first; an account that is open already needs no PIN.
 * Says nothing of what waits: urgency cannot be known before unlocking.
 */
import type { LocalAccount, LocalAccountId } from '@pli/client'
import { useState } from 'react'
import { Skeleton } from '../feedback/states.tsx'
import { usePli } from '../hooks/pli-context.tsx'
import { useLive } from '../hooks/use-live.ts'
import { useSpeech } from '../i18n/language.tsx'
import { AppMark, Icon } from '../icons/icon.tsx'
import { PinUnlock } from '../lock/pin-unlock.tsx'
import { Avatar } from '../people/avatar.tsx'
import { LanguagePicker } from '../settings/language-picker.tsx'

export interface LockScreenProps {
  /** Asked for first, such as the account used last. */
  initialId?: LocalAccountId
  onUnlocked: (localId: LocalAccountId) => void
  onAddAccount: () => void
}

export function LockScreen(props: LockScreenProps) {
  const { t } = useSpeech()
  const accounts = useLive(usePli().accounts)
  const [chosenId, setChosenId] = useState(props.initialId)
  if (!accounts) return <Skeleton rows={2} />
  const only = accounts.length === 1 ? accounts[0] : undefined
  const chosen = accounts.find((account) => account.localId === chosenId) ?? only
  if (!chosen) return <Choose {...props} accounts={accounts} onChoose={setChosenId} />
  return (
    <main id="main" className="screen screen__scroll">
      <PinUnlock
        key={chosen.localId}
        account={chosen}
        onUnlocked={props.onUnlocked}
        foot={
          <button
            type="button"
            className="btn btn--quiet"
            onClick={() => (only ? props.onAddAccount() : setChosenId(undefined))}
          >
            {t(only ? 'lock.add' : 'lock.other')}
          </button>
        }
      />
    </main>
  )
}

function Choose(
  props: LockScreenProps & { accounts: LocalAccount[]; onChoose: (localId: LocalAccountId) => void },
) {
  const { t } = useSpeech()
  return (
    <main id="main" className="screen screen__scroll">
      <div className="lock">
        <div className="lock__top">
          <AppMark />
          <h1>{t('lock.who')}</h1>
          <ul className="list lock__accounts" aria-label={t('lock.accounts')}>
            {props.accounts.map((account) => (
              <li key={account.localId}>
                <AccountRow
                  account={account}
                  onClick={() =>
                    account.unlocked ? props.onUnlocked(account.localId) : props.onChoose(account.localId)
                  }
                />
              </li>
            ))}
          </ul>
        </div>
        <div className="lock__bottom">
          <button type="button" className="btn btn--wide" onClick={props.onAddAccount}>
            <Icon name="plus" size="sm" />
            {t('lock.add')}
          </button>
          <LanguagePicker />
        </div>
      </div>
    </main>
  )
}

function AccountRow({ account, onClick }: { account: LocalAccount; onClick: () => void }) {
  const { t } = useSpeech()
  return (
    <button type="button" className="person" onClick={onClick}>
      <Avatar profession={account.profession} />
      <span className="person__body">
        <span className="person__name">{account.displayName}</span>
        <span className="person__facts">
          {t(`profession.${account.profession}`)} · {account.placeName}
        </span>
      </span>
      {account.unlocked ? (
        <span className="badge badge--reg">
          <Icon name="check" size="xs" />
          {t('lock.unlocked')}
        </span>
      ) : (
        <span className="muted">
          <Icon name="lock" size="sm" />
          <span className="sr">{t('lock.locked')}</span>
        </span>
      )}
    </button>
  )
}
