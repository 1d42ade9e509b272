/** The desk's navigation: the parts of the app on top, what concerns oneself at the bottom. */
import {
  AppMark,
  Icon,
  type IconName,
  type Route,
  routeHref,
  useLive,
  useMessenger,
  useSpeech,
} from '@pli/ui'
import type { MouseEvent } from 'react'

export interface RailProps {
  route: Route
  onGo: (route: Route) => void
  onLock: () => void
  onHelp: () => void
}

const messageRoutes: readonly Route['at'][] = ['inbox', 'conversation', 'person', 'new']

export function Rail({ route, onGo, onLock, onHelp }: RailProps) {
  const { t } = useSpeech()
  const rows = useLive(useMessenger().inbox)
  const toAnswer = rows?.filter((row) => row.toAnswer).length ?? 0
  return (
    <nav className="rail" aria-label={t('nav.main')}>
      <AppMark />
      <RailLink to={{ at: 'inbox' }} icon="inbox" here={messageRoutes.includes(route.at)} onGo={onGo}>
        {t('nav.messages')}
        {toAnswer > 0 && (
          <span className="count">
            <span aria-hidden="true">{toAnswer}</span>
            <span className="sr">{t('nav.toAnswer', { count: toAnswer })}</span>
          </span>
        )}
      </RailLink>
      <RailLink to={{ at: 'people' }} icon="book" here={route.at === 'people'} onGo={onGo}>
        {t('nav.directory')}
      </RailLink>
      <div className="rail__end">
        <RailButton icon="info" onClick={onHelp}>
          {t('keys.show')}
        </RailButton>
        <RailButton icon="lock" onClick={onLock}>
          {t('nav.lock')}
        </RailButton>
        <RailLink to={{ at: 'me' }} icon="user" here={route.at === 'me'} onGo={onGo}>
          {t('nav.me')}
        </RailLink>
      </div>
    </nav>
  )
}

function RailLink(props: {
  to: Route
  icon: IconName
  here: boolean
  onGo: (route: Route) => void
  children: React.ReactNode
}) {
  const onClick = (event: MouseEvent) => {
    // Leaves the browser its own ways of opening a link.
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    props.onGo(props.to)
  }
  return (
    <a href={routeHref(props.to)} onClick={onClick} {...(props.here && { 'aria-current': 'page' as const })}>
      <Icon name={props.icon} />
      {props.children}
    </a>
  )
}

function RailButton(props: { icon: IconName; onClick: () => void; children: React.ReactNode }) {
  return (
    <button type="button" className="rail__button" onClick={props.onClick}>
      <Icon name={props.icon} />
      {props.children}
    </button>
  )
}
