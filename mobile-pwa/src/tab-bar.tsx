/** The parts of the app at the thumb, and the one thing one comes for: to write. */
import { Icon, type IconName, navigate, type Route, routeHref, useSpeech } from '@pli/ui'
import type { ReactNode } from 'react'

export function TabBar({ route }: { route: Route }) {
  const { t } = useSpeech()
  return (
    <nav className="tabbar" aria-label={t('nav.main')}>
      <Tab to={{ at: 'inbox' }} icon="inbox" here={route.at === 'inbox'}>
        {t('nav.messages')}
      </Tab>
      <Tab to={{ at: 'people' }} icon="book" here={route.at === 'people'}>
        {t('nav.directory')}
      </Tab>
      <Tab to={{ at: 'me' }} icon="user" here={route.at === 'me'}>
        {t('nav.me')}
      </Tab>
      <a className="btn btn--primary" href={routeHref({ at: 'new' })} onClick={go({ at: 'new' }, 'push')}>
        <Icon name="write" />
        {t('nav.write')}
      </a>
    </nav>
  )
}

function Tab(props: { to: Route; icon: IconName; here: boolean; children: ReactNode }) {
  return (
    <a
      href={routeHref(props.to)}
      // Between parts there is no way back: back leaves the app, as it does from the first part.
      onClick={go(props.to, 'replace')}
      {...(props.here && { 'aria-current': 'page' as const })}
    >
      <Icon name={props.icon} />
      {props.children}
    </a>
  )
}

function go(to: Route, how: 'push' | 'replace') {
  return (event: React.MouseEvent) => {
    event.preventDefault()
    navigate(to, how)
  }
}
