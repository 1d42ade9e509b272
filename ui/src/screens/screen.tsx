/**
 * The frame of every screen: a bar, a part that scrolls, what stays at the thumb. Both apps place it: alone on a phone,
 * in a pane at a desk.
 */
import type { ReactNode } from 'react'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'

/** `main` once per page; `section` and `aside` in the other panes of a desk. */
export type Landmark = 'main' | 'section' | 'aside'

export function Screen(props: {
  landmark: Landmark
  label: string
  className?: string
  children: ReactNode
}) {
  const Tag = props.landmark
  return (
    <Tag
      className={props.className ? `screen ${props.className}` : 'screen'}
      aria-label={props.label}
      {...(Tag === 'main' && { id: 'main' })}
    >
      {props.children}
    </Tag>
  )
}

export function ScreenBar(props: {
  title?: string
  /** h1 in the main pane, h2 beside it. */
  heading?: 'h1' | 'h2'
  onBack?: (() => void) | undefined
  start?: ReactNode
  children?: ReactNode
}) {
  const { t } = useSpeech()
  const Heading = props.heading ?? 'h1'
  return (
    <div className="bar">
      {props.onBack && (
        <button type="button" className="icon-btn" aria-label={t('common.back')} onClick={props.onBack}>
          <Icon name="back" />
        </button>
      )}
      {props.start}
      {props.title && <Heading>{props.title}</Heading>}
      {props.children}
    </div>
  )
}
