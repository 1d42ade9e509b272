/** The messenger for the screens below: one `Pli` per page, one `Messenger` per open account. */
import type { Messenger, Pli } from '@pli/client'
import { createContext, type ReactNode, useContext } from 'react'
import { ToastsProvider } from '../feedback/toasts.tsx'
import { AppearanceProvider, useAppearanceOf } from './appearance.tsx'
import { type Platform, PlatformContext } from './platform.tsx'
import { useLive } from './use-live.ts'

const PliContext = createContext<Pli | undefined>(undefined)
const MessengerContext = createContext<Messenger | undefined>(undefined)

/** Everything a screen needs around it. */
export function PliProvider(props: { pli: Pli; platform: Platform; children: ReactNode }) {
  return (
    <PliContext value={props.pli}>
      <PlatformContext value={props.platform}>
        <AppearanceProvider>
          <ToastsProvider>{props.children}</ToastsProvider>
        </AppearanceProvider>
      </PlatformContext>
    </PliContext>
  )
}

/** Opens an account's screens; its language and theme lead. */
export function MessengerProvider(props: { messenger: Messenger; children: ReactNode }) {
  useAppearanceOf(useLive(props.messenger.settings))
  return <MessengerContext value={props.messenger}>{props.children}</MessengerContext>
}

export function usePli(): Pli {
  const pli = useContext(PliContext)
  if (!pli) throw new Error('no messenger above this component')
  return pli
}

export function useMessenger(): Messenger {
  const messenger = useContext(MessengerContext)
  if (!messenger) throw new Error('no open account above this component')
  return messenger
}
