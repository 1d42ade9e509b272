/** Devices, storage and password of the account that is open. */
import type { Messenger } from '@pli/client'
import type { OwnAccount } from '@pli/protocol/wire'
import { type FormEvent, useId, useState } from 'react'
import { ConfirmDialog, Dialog } from '../feedback/dialog.tsx'
import { FailedLine } from '../feedback/states.tsx'
import { useToasts } from '../feedback/toasts.tsx'
import { useMessenger } from '../hooks/pli-context.tsx'
import { useLive } from '../hooks/use-live.ts'
import { useTask } from '../hooks/use-task.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Setting, SettingGroup } from './setting.tsx'
import { SignOutDialog } from './sign-out-dialog.tsx'

type Device = OwnAccount['devices'][number]

/** Removing the device one holds is signing out: it asks the question that signing out asks. */
export function DeviceSettings({ onErased }: { onErased: () => void }) {
  const { t, format } = useSpeech()
  const messenger = useMessenger()
  const toasts = useToasts()
  const account = useLive(messenger.account)
  const [removing, setRemoving] = useState<Device>()
  return (
    <SettingGroup title={t('settings.devices')}>
      {!account && <Setting title={t('settings.noDevices')} />}
      {account?.devices.map((device) => (
        <Setting
          key={device.deviceId}
          title={device.name}
          hint={
            device.deviceId === account.thisDeviceId
              ? t('settings.thisDevice')
              : t('settings.deviceSeen', { date: format.date(Date.parse(device.lastSeenDay)) })
          }
        >
          <button type="button" className="btn btn--danger" onClick={() => setRemoving(device)}>
            {t('settings.removeDevice')}
            <span className="sr"> {device.name}</span>
          </button>
        </Setting>
      ))}
      {removing && removing.deviceId === account?.thisDeviceId && (
        <SignOutDialog onErased={onErased} onClose={() => setRemoving(undefined)} />
      )}
      {removing && removing.deviceId !== account?.thisDeviceId && (
        <ConfirmDialog
          title={t('settings.removeTitle', { name: removing.name })}
          text={t('settings.removeText')}
          confirm={t('settings.removeDevice')}
          urgent
          act={async () => {
            await messenger.removeDevice(removing.deviceId)
            toasts.show({ text: t('settings.removed') })
          }}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </SettingGroup>
  )
}

export function StorageSettings() {
  const { t, format } = useSpeech()
  const storage = useLive(useMessenger().storage)
  if (!storage) return null
  const { persisted, usedBytes, quotaBytes } = storage
  const used =
    usedBytes !== undefined && quotaBytes !== undefined
      ? t('settings.used', { used: format.size(usedBytes), quota: format.size(quotaBytes) })
      : undefined
  return (
    <SettingGroup title={t('settings.storage')}>
      <Setting
        title={t(persisted ? 'settings.persisted' : 'settings.notPersisted')}
        hint={persisted ? used : t('settings.notPersistedHint')}
      />
      {!persisted && used && <Setting title={used} />}
    </SettingGroup>
  )
}

export function PasswordSettings() {
  const { t } = useSpeech()
  const messenger = useMessenger()
  const account = useLive(messenger.account)
  const [asking, setAsking] = useState(false)
  const loginName = account?.loginName
  return (
    <SettingGroup title={t('settings.account')}>
      <Setting title={loginName ?? t('settings.password')} hint={t('settings.passwordHint')}>
        <button type="button" className="btn" onClick={() => setAsking(true)}>
          {t(loginName ? 'settings.changePassword' : 'settings.setPassword')}
        </button>
      </Setting>
      {asking && (
        <PasswordDialog messenger={messenger} loginName={loginName ?? ''} onClose={() => setAsking(false)} />
      )}
    </SettingGroup>
  )
}

function PasswordDialog(props: { messenger: Messenger; loginName: string; onClose: () => void }) {
  const { t } = useSpeech()
  const id = useId()
  const toasts = useToasts()
  const task = useTask()
  const [loginName, setLoginName] = useState(props.loginName)
  const [password, setPassword] = useState('')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!(await task.run(() => props.messenger.setPassword(loginName.trim().toLowerCase(), password)))) return
    toasts.show({ text: t('settings.passwordSet') })
    props.onClose()
  }
  return (
    <Dialog title={t('settings.password')} onClose={props.onClose}>
      <form className="vstack" onSubmit={submit}>
        <div className="field">
          <label className="field__label" htmlFor={`${id}-name`}>
            {t('settings.loginName')}
          </label>
          <input
            id={`${id}-name`}
            className="input"
            value={loginName}
            required
            pattern="[A-Za-z0-9._@\-]{3,64}"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            aria-describedby={`${id}-hint`}
            onChange={(event) => setLoginName(event.target.value)}
          />
          <p className="field__hint" id={`${id}-hint`}>
            {t('settings.loginNameHint')}
          </p>
        </div>
        <div className="field">
          <label className="field__label" htmlFor={`${id}-password`}>
            {t('settings.newPassword')}
          </label>
          <input
            id={`${id}-password`}
            className="input"
            type="password"
            value={password}
            required
            minLength={12}
            maxLength={200}
            autoComplete="new-password"
            onChange={(event) => setPassword(event.target.value)}
          />
        </div>
        <FailedLine error={task.failure} />
        <div className="dialog__actions">
          <button type="button" className="btn btn--quiet" onClick={props.onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="btn btn--primary" aria-busy={task.busy}>
            {t('settings.save')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
