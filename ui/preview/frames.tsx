/** The two frames, as simply as they can be: one column, and three panes. The apps have their own. */
import type { ConversationId } from '@pli/client'
import { useState } from 'react'
import { useSpeech } from '../src/i18n/language.tsx'
import { AppMark, Icon } from '../src/icons/icon.tsx'
import { ConversationScreen } from '../src/screens/conversation-screen.tsx'
import { InboxScreen } from '../src/screens/inbox-screen.tsx'
import { NewMessageScreen } from '../src/screens/new-message-screen.tsx'
import { PersonScreen } from '../src/screens/person-screen.tsx'
import { SettingsScreen } from '../src/screens/settings-screen.tsx'
import { accountOf } from './people.ts'

interface FrameProps {
  first: string
  withId: string | undefined
}

const nothing = () => undefined

/** The same page on another screen, everything else as it was asked for. */
function hrefOf(screen: string): string {
  const asked = new URLSearchParams(location.search)
  asked.set('screen', screen)
  return `?${asked}`
}

export function Phone(props: FrameProps) {
  const [screen, setScreen] = useState(props.first)
  const [id, setId] = useState((props.withId ?? accountOf(1)) as ConversationId)
  const open = (conversationId: ConversationId) => {
    setId(conversationId)
    setScreen('conversation')
  }
  return (
    <div className="phone">
      {screen === 'conversation' && (
        <ConversationScreen
          conversationId={id}
          onBack={() => setScreen('inbox')}
          onOpenPerson={() => setScreen('person')}
        />
      )}
      {screen === 'person' && (
        <PersonScreen conversationId={id} onBack={() => setScreen('conversation')} onWrite={open} />
      )}
      {(screen === 'new' || screen === 'directory') && (
        <NewMessageScreen title={screen} onBack={() => setScreen('inbox')} onOpen={open} />
      )}
      {screen === 'settings' && (
        <SettingsScreen onBack={() => setScreen('inbox')} onLocked={nothing} onErased={nothing} />
      )}
      {screen === 'inbox' && (
        <>
          <InboxScreen
            onOpen={open}
            onWrite={() => setScreen('new')}
            onSearchDirectory={() => setScreen('directory')}
          />
          <TabBar onGo={setScreen} />
        </>
      )}
    </div>
  )
}

function TabBar({ onGo }: { onGo: (screen: string) => void }) {
  const { t } = useSpeech()
  return (
    <nav className="tabbar" aria-label={t('nav.main')}>
      <a href={hrefOf('inbox')} aria-current="page">
        <Icon name="inbox" />
        {t('nav.messages')}
      </a>
      <a href={hrefOf('directory')}>
        <Icon name="book" />
        {t('nav.directory')}
      </a>
      <a href={hrefOf('settings')}>
        <Icon name="user" />
        {t('nav.me')}
      </a>
      <button type="button" className="btn btn--primary" onClick={() => onGo('new')}>
        <Icon name="write" size="sm" />
        {t('nav.write')}
      </button>
    </nav>
  )
}

export function Desk(props: FrameProps) {
  const { t } = useSpeech()
  const [screen, setScreen] = useState(props.first === 'inbox' ? 'conversation' : props.first)
  const [id, setId] = useState((props.withId ?? accountOf(4)) as ConversationId)
  const open = (conversationId: ConversationId) => {
    setId(conversationId)
    setScreen('conversation')
  }
  return (
    <div className="desk">
      <nav className="rail" aria-label={t('nav.main')}>
        <AppMark />
        <a href={hrefOf('inbox')} aria-current="page">
          <Icon name="inbox" />
          {t('nav.messages')}
        </a>
        <a href={hrefOf('directory')}>
          <Icon name="book" />
          {t('nav.directory')}
        </a>
        <div className="rail__end">
          <a href={hrefOf('settings')}>
            <Icon name="user" />
            {t('nav.me')}
          </a>
        </div>
      </nav>
      <div className="pane pane--list">
        <InboxScreen
          currentId={id}
          onOpen={open}
          onWrite={() => setScreen('new')}
          onSearchDirectory={() => setScreen('directory')}
        />
      </div>
      <div className="pane pane--talk">
        {(screen === 'new' || screen === 'directory') && <NewMessageScreen title={screen} onOpen={open} />}
        {screen === 'settings' && <SettingsScreen onLocked={nothing} onErased={nothing} />}
        {(screen === 'conversation' || screen === 'person') && (
          <ConversationScreen conversationId={id} onOpenPerson={nothing} />
        )}
      </div>
      <div className="pane pane--side">
        <PersonScreen conversationId={id} />
      </div>
    </div>
  )
}

const screens = ['inbox', 'conversation', 'person', 'new', 'directory', 'settings', 'lock', 'onboarding']
const states = [
  '',
  'offline',
  'empty',
  'loading',
  'key',
  'blocked',
  'revoked',
  'following',
  'failed',
  'several',
  'lastTries',
  'existing',
]

export function Gallery() {
  return (
    <main className="preview-list">
      <h1>Pli, every screen</h1>
      {screens.map((screen) => (
        <section key={screen}>
          <h2>{screen}</h2>
          {(['phone', 'desk'] as const).map((form) => (
            <p key={form}>
              {states.map((state) => (
                <a key={state} href={`?screen=${screen}&form=${form}&state=${state}`}>
                  {form} {state}
                </a>
              ))}
            </p>
          ))}
        </section>
      ))}
    </main>
  )
}
