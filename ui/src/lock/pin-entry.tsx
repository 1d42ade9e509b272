/**
 * Entering a PIN: dots, a real password field under them (so that every keyboard and screen reader works), and keys for
 * the thumb on a phone. Not concerned with what the PIN opens.
 */
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import { usePlatform } from '../hooks/platform.tsx'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'
import { PIN_DIGITS, PIN_MAX_DIGITS } from './pin-rules.ts'

export interface PinEntryProps {
  value: string
  onChange: (pin: string) => void
  onSubmit: () => void
  submitLabel: string
  busy?: boolean
  /** One has to wait: keys stay, the button does not submit. */
  waiting?: boolean
  /** Above the dots. */
  children: ReactNode
  /** Under the dots: what went wrong, or how long to wait. */
  news?: ReactNode
  /** Under the button. */
  foot?: ReactNode
}

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9']

export function PinEntry(props: PinEntryProps) {
  const { t } = useSpeech()
  const phone = usePlatform().form === 'phone'
  const input = useRef<HTMLInputElement>(null)
  const { value, onChange } = props
  // Ready for the first digit, and again after a PIN that was not the right one.
  const busy = props.busy ?? false
  useEffect(() => {
    if (!busy) input.current?.focus()
  }, [busy])
  const ready = value.length >= PIN_DIGITS && !props.waiting && !props.busy
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (ready) props.onSubmit()
  }
  return (
    <form className="lock" onSubmit={submit}>
      <div className="lock__top">
        {props.children}
        <div className="pin">
          <Dots filled={value.length} />
          <input
            ref={input}
            className="pin__input"
            type="password"
            inputMode={phone ? 'none' : 'numeric'}
            pattern="[0-9]*"
            autoComplete="off"
            maxLength={PIN_MAX_DIGITS}
            aria-label={t('pin.label')}
            value={value}
            onChange={(event) => onChange(event.target.value.replace(/\D/g, ''))}
          />
        </div>
        <div aria-live="polite">{props.news}</div>
      </div>
      <div className="lock__bottom">
        {phone && <Pad value={value} onChange={onChange} />}
        <button
          type="submit"
          className="btn btn--primary btn--lg btn--wide lock__go"
          aria-disabled={!ready}
          aria-busy={props.busy}
        >
          {props.busy && <Icon name="retry" size="sm" />}
          {props.submitLabel}
        </button>
        {props.foot}
      </div>
    </form>
  )
}

function Dots({ filled }: { filled: number }) {
  const { t } = useSpeech()
  return (
    <>
      <span className="dots" aria-hidden="true">
        {Array.from({ length: Math.max(PIN_DIGITS, filled) }, (_, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: dots are alike and never move
          <i key={at} className={at < filled ? 'is-on' : undefined} />
        ))}
      </span>
      <span className="sr" role="status">
        {t('pin.entered', { count: filled })}
      </span>
    </>
  )
}

function Pad({ value, onChange }: { value: string; onChange: (pin: string) => void }) {
  const { t } = useSpeech()
  const press = (digit: string) => value.length < PIN_MAX_DIGITS && onChange(value + digit)
  return (
    // biome-ignore lint/a11y/useSemanticElements: keys, not form fields
    <div className="pad" role="group" aria-label={t('pin.pad')}>
      {KEYS.map((digit) => (
        <button key={digit} type="button" onClick={() => press(digit)}>
          {digit}
        </button>
      ))}
      <span />
      <button type="button" onClick={() => press('0')}>
        0
      </button>
      <button
        type="button"
        className="pad__tool"
        aria-label={t('pin.eraseOne')}
        onClick={() => onChange(value.slice(0, -1))}
      >
        <Icon name="erase" />
      </button>
    </div>
  )
}

/** One line under the dots. */
export function PinNews(props: { urgent?: boolean; children: ReactNode }) {
  return (
    <p className={props.urgent ? 'lock__word lock__word--urgent' : 'lock__word'}>
      <Icon name="alert" size="xs" />
      {props.children}
    </p>
  )
}
