/**
 * A page to look at every screen and state, with people in memory. The address says what: `?screen=inbox&form=desk
 * &language=nl&theme=dark&state=offline`. Not part of the product.
 */
import type { Language, Theme } from '@pli/client'
import { StrictMode, useMemo, useState } from 'react'
import { createRoot } from 'react-dom/client'
import type { Platform } from '../src/hooks/platform.tsx'
import { MessengerProvider, PliProvider } from '../src/hooks/pli-context.tsx'
import '../src/styles.css'
import './preview.css'
import { LockScreen } from '../src/screens/lock-screen.tsx'
import { OnboardingFlow } from '../src/screens/onboarding-flow.tsx'
import { FakePli, type Scene } from './fake-pli.ts'
import { Desk, Gallery, Phone } from './frames.tsx'

const asked = new URLSearchParams(location.search)
const states = (asked.get('state') ?? '').split(',')
const language = (asked.get('language') ?? 'fr') as Language
const theme = (asked.get('theme') ?? 'system') as Theme
const form = asked.get('form') === 'desk' ? 'desk' : 'phone'
const screen = asked.get('screen') ?? 'gallery'

localStorage.setItem('pli.language', language)
localStorage.setItem('pli.theme', theme)

const scene: Scene = {
  settings: { language, theme, notifications: states.includes('notified') ? 'on' : 'off' },
  connection: states.includes('offline')
    ? { state: 'offline' }
    : states.includes('revoked')
      ? { state: 'revoked', reason: 'replaced' }
      : states.includes('following')
        ? { state: 'following', online: true, upToDate: true }
        : { state: 'online', upToDate: true },
  empty: states.includes('empty'),
  loading: states.includes('loading'),
  keyChanged: states.includes('key'),
  blocked: states.includes('blocked'),
  accounts: states.includes('several') ? 3 : 1,
  wrongPins: states.includes('lastTries') ? 8 : states.includes('wrong') ? 1 : 0,
  directoryFails: states.includes('failed'),
  existingDevice: states.includes('existing') || states.includes('here'),
  alreadyHere: states.includes('here'),
  asked: states.includes('asked'),
  ownRequest: (['pending', 'approved', 'refused'] as const).find((state) => states.includes(state)),
}

const pli = new FakePli(scene)
const platform: Platform = {
  form,
  signInReturnPath: '/',
  deviceName: 'Téléphone',
  leaveTo: (url) => {
    location.hash = url.slice(1)
    location.reload()
  },
  conversationHref: (id) => `?screen=conversation&form=${form}&with=${id}`,
  inboxHref: `?screen=inbox&form=${form}`,
  pushSupport: () => (states.includes('install') ? 'install_first' : 'ready'),
  subscribeToPush: async () => ({ endpoint: 'https://push.example.test/1', keys: { p256dh: '', auth: '' } }),
}
Object.assign(window, { pli })

function Page() {
  const [done, setDone] = useState(false)
  const messenger = useMemo(() => {
    const [account] = pli.accounts.get() ?? []
    return account && pli.messenger(account.localId)
  }, [])
  const ticket = new URLSearchParams(location.hash.slice(1)).get('ticket') ?? undefined
  if (screen === 'gallery') return <Gallery />
  if (screen === 'lock' && !done) {
    return (
      <div className={form === 'desk' ? 'desk desk--single' : 'phone'}>
        <LockScreen onUnlocked={() => setDone(true)} onAddAccount={() => undefined} />
      </div>
    )
  }
  if (screen === 'onboarding' && !done) {
    return (
      <div className={form === 'desk' ? 'desk desk--single' : 'phone'}>
        <OnboardingFlow
          {...(ticket && { ticket })}
          onDone={() => setDone(true)}
          onUnlockExisting={() => setDone(true)}
        />
      </div>
    )
  }
  if (!messenger) return null
  const first = done ? 'inbox' : screen
  const withId = asked.get('with') ?? undefined
  return (
    <MessengerProvider messenger={messenger}>
      {form === 'desk' ? <Desk first={first} withId={withId} /> : <Phone first={first} withId={withId} />}
    </MessengerProvider>
  )
}

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <PliProvider pli={pli} platform={platform}>
        <Page />
      </PliProvider>
    </StrictMode>,
  )
}
