/** Me: how Pli looks, what it tells others, notifications, lock, devices, storage, password, about, leaving. */
import type { Settings } from '@pli/client'
import { useState } from 'react'
import { ConnectionBar } from '../feedback/connection-bar.tsx'
import { FailedLine, Skeleton } from '../feedback/states.tsx'
import { VouchedFor } from '../guarantors/vouched-for.tsx'
import { useMessenger, usePli } from '../hooks/pli-context.tsx'
import { useLive } from '../hooks/use-live.ts'
import { useTask } from '../hooks/use-task.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'
import { lockNow } from '../lock/lock-now.ts'
import { PersonLine } from '../people/person-line.tsx'
import { AboutSettings } from '../settings/about-settings.tsx'
import { DeviceSettings, PasswordSettings, StorageSettings } from '../settings/account-settings.tsx'
import { LanguagePicker } from '../settings/language-picker.tsx'
import { LockSettings } from '../settings/pin-settings.tsx'
import { PushSetup } from '../settings/push-setup.tsx'
import { SegmentSetting, Setting, SettingGroup, SwitchSetting } from '../settings/setting.tsx'
import { SignOutDialog } from '../settings/sign-out-dialog.tsx'
import { type Landmark, Screen, ScreenBar } from './screen.tsx'

export interface SettingsScreenProps {
  landmark?: Landmark
  onBack?: () => void
  /** The account was locked; the app shows the lock screen. */
  onLocked: () => void
  /** The account was erased from this device. */
  onErased: () => void
}

export function SettingsScreen(props: SettingsScreenProps) {
  const { t } = useSpeech()
  const settings = useLive(useMessenger().settings)
  return (
    <Screen landmark={props.landmark ?? 'main'} label={t('settings.title')}>
      <ScreenBar title={t('settings.title')} onBack={props.onBack} />
      <ConnectionBar />
      <div className="screen__scroll">
        {settings ? <AllSettings {...props} settings={settings} /> : <Skeleton rows={5} />}
      </div>
    </Screen>
  )
}

function AllSettings(props: SettingsScreenProps & { settings: Settings }) {
  const messenger = useMessenger()
  const pli = usePli()
  const task = useTask()
  const { settings } = props
  const [unkept, setUnkept] = useState<unknown>()
  // One after the other as fast as one likes: a change is never dropped because another is still being written.
  const change = (part: Partial<Settings>) => {
    messenger.updateSettings(part).then(
      () => setUnkept(undefined),
      (failure: unknown) => setUnkept(failure ?? 'unknown'),
    )
  }
  const lock = () =>
    void task.run(async () => {
      await lockNow(pli, messenger.localId)
      props.onLocked()
    })
  return (
    <div className="settings">
      <OwnLine />
      <FailedLine error={unkept ?? task.failure} />
      <DisplaySettings settings={settings} onChange={change} />
      <PrivacySettings settings={settings} onChange={change} />
      <LockSettings settings={settings} onChange={change} onLock={lock} />
      <DeviceSettings onErased={props.onErased} />
      <StorageSettings />
      <PasswordSettings />
      <VouchedFor />
      <AboutSettings />
      <Leave onErased={props.onErased} />
    </div>
  )
}

interface PartProps {
  settings: Settings
  onChange: (change: Partial<Settings>) => void
}

function OwnLine() {
  const { t, format } = useSpeech()
  const account = useLive(useMessenger().account)
  if (!account) return null
  return (
    <section className="panel">
      <PersonLine person={account.person} />
      <p className="small lead">
        {t(`proof.${account.proof.kind}`)} {t('proof.since', { date: format.date(account.proof.atMs) })}
      </p>
    </section>
  )
}

function DisplaySettings({ settings, onChange }: PartProps) {
  const { t } = useSpeech()
  return (
    <SettingGroup title={t('settings.display')}>
      <Setting title={t('settings.language')}>
        <LanguagePicker value={settings.language} onChange={(language) => onChange({ language })} />
      </Setting>
      <SegmentSetting
        title={t('settings.theme')}
        value={settings.theme}
        choices={[
          ['system', t('settings.themeSystem')],
          ['light', t('settings.themeLight')],
          ['dark', t('settings.themeDark')],
        ]}
        onChange={(theme) => onChange({ theme })}
      />
    </SettingGroup>
  )
}

function PrivacySettings({ settings, onChange }: PartProps) {
  const { t } = useSpeech()
  const messenger = useMessenger()
  const task = useTask()
  const on = settings.notifications === 'on'
  const turnOff = () =>
    void task.run(async () => {
      await messenger.disablePush()
      await messenger.updateSettings({ notifications: 'off' })
    })
  return (
    <>
      <SettingGroup title={t('settings.privacy')}>
        <SwitchSetting
          title={t('settings.receipts')}
          hint={t('settings.receiptsHint')}
          checked={settings.receipts}
          onChange={(receipts) => onChange({ receipts })}
        />
      </SettingGroup>
      <SettingGroup title={t('settings.notifications')}>
        {on ? (
          <SwitchSetting
            title={t('settings.notificationsOn')}
            hint={t('settings.notificationsHint')}
            checked
            onChange={turnOff}
          />
        ) : (
          <Setting title={t('settings.notificationsOn')} hint={t('onboarding.notifyText')} />
        )}
        <li className="setting">
          <div className="setting__wide">
            <PushSetup messenger={messenger} />
            <FailedLine error={task.failure} />
          </div>
        </li>
      </SettingGroup>
    </>
  )
}

function Leave({ onErased }: { onErased: () => void }) {
  const { t } = useSpeech()
  const [asking, setAsking] = useState(false)
  return (
    <section>
      <button type="button" className="btn btn--wide btn--danger" onClick={() => setAsking(true)}>
        <Icon name="trash" size="sm" />
        {t('settings.signOut')}
      </button>
      {asking && <SignOutDialog onErased={onErased} onClose={() => setAsking(false)} />}
    </section>
  )
}
