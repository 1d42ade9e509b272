/** The lock: after how long, now, and another PIN. */
import type { Settings } from '@pli/client'
import { type FormEvent, useId, useState } from 'react'
import { Dialog } from '../feedback/dialog.tsx'
import { FailedLine } from '../feedback/states.tsx'
import { useToasts } from '../feedback/toasts.tsx'
import { useMessenger } from '../hooks/pli-context.tsx'
import { useTask } from '../hooks/use-task.ts'
import { readFailure } from '../i18n/error-sentence.ts'
import { useSpeech } from '../i18n/language.tsx'
import { isEasyPin, PIN_DIGITS, PIN_MAX_DIGITS } from '../lock/pin-rules.ts'
import { Setting, SettingGroup } from './setting.tsx'

const LOCK_MINUTES = [1, 5, 15, 30, 60, 240, 720]
const MINUTE_MS = 60_000

export function LockSettings(props: {
  settings: Settings
  onChange: (change: Partial<Settings>) => void
  onLock: () => void
}) {
  const { t, format } = useSpeech()
  const id = useId()
  const [changing, setChanging] = useState(false)
  const { lockAfterMinutes } = props.settings
  const choices = [...new Set([...LOCK_MINUTES, lockAfterMinutes])].sort((a, b) => a - b)
  return (
    <SettingGroup title={t('settings.lock')}>
      <Setting title={<label htmlFor={id}>{t('settings.lockAfter')}</label>}>
        <select
          id={id}
          className="input"
          value={lockAfterMinutes}
          onChange={(event) => props.onChange({ lockAfterMinutes: Number(event.target.value) })}
        >
          {choices.map((minutes) => (
            <option key={minutes} value={minutes}>
              {t('settings.lockMinutes', { duration: format.duration(minutes * MINUTE_MS) })}
            </option>
          ))}
        </select>
      </Setting>
      <li className="setting setting--buttons">
        <button type="button" className="btn" onClick={props.onLock}>
          {t('settings.lockNow')}
        </button>
        <button type="button" className="btn" onClick={() => setChanging(true)}>
          {t('settings.changePin')}
        </button>
      </li>
      {changing && <ChangePinDialog onClose={() => setChanging(false)} />}
    </SettingGroup>
  )
}

type Problem = 'pin.differ' | 'pin.tooEasy' | 'error.pin_too_short'

function problemOf(next: string, again: string): Problem | undefined {
  if (next.length < PIN_DIGITS) return 'error.pin_too_short'
  if (isEasyPin(next)) return 'pin.tooEasy'
  return next === again ? undefined : 'pin.differ'
}

function ChangePinDialog({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech()
  const messenger = useMessenger()
  const toasts = useToasts()
  const task = useTask()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const [problem, setProblem] = useState<Problem>()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const found = problemOf(next, again)
    setProblem(found)
    if (found || !(await task.run(() => messenger.changePin(current, next)))) return
    toasts.show({ text: t('settings.pinChanged') })
    onClose()
  }
  const { triesLeft } = readFailure(task.failure)
  return (
    <Dialog title={t('settings.changePin')} onClose={onClose}>
      <form className="vstack" onSubmit={submit}>
        <PinField label={t('pin.current')} value={current} onChange={setCurrent} />
        <PinField label={t('pin.new')} value={next} onChange={setNext} />
        <PinField label={t('pin.again')} value={again} onChange={setAgain} />
        {problem && (
          <p className="field__error" role="alert">
            {t(problem)}
          </p>
        )}
        {triesLeft === undefined ? (
          <FailedLine error={task.failure} />
        ) : (
          <p className="field__error" role="alert">
            {t('pin.wrong', { count: triesLeft })}
          </p>
        )}
        <div className="dialog__actions">
          <button type="button" className="btn btn--quiet" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="btn btn--primary" aria-busy={task.busy}>
            {t('settings.changePin')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function PinField(props: { label: string; value: string; onChange: (pin: string) => void }) {
  const id = useId()
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {props.label}
      </label>
      <input
        id={id}
        className="input"
        type="password"
        inputMode="numeric"
        required
        maxLength={PIN_MAX_DIGITS}
        autoComplete="off"
        value={props.value}
        onChange={(event) => props.onChange(event.target.value.replace(/\D/g, ''))}
      />
    </div>
  )
}
