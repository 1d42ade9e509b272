/**
 * Starts an app in its page: worker, service worker, appearance, gate. What the app shows of an open account is its
 * own (`children`). Not concerned with how an account is opened (`pli-gate.tsx`).
 */
import type { Live, Pli } from '@pli/client'
import { type ReactNode, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import type { Platform } from '../hooks/platform.tsx'
import { PliProvider } from '../hooks/pli-context.tsx'
import { useLive } from '../hooks/use-live.ts'
import { VersionNotice } from './app-notices.tsx'
import { createBrowserPlatform } from './browser-platform.ts'
import { awaitInstallOffer } from './install-offer.ts'
import { takeSignInReturn } from './navigation.ts'
import { PliGate } from './pli-gate.tsx'
import { type ServiceWorkerClient, startServiceWorkerClient } from './service-worker-client.ts'
import { StopBoundary, Stopped } from './stopped.tsx'
import { watchWorker } from './worker-watch.ts'

export interface StartOptions {
  form: Platform['form']
  /** Path under which the app is served: `/`. */
  basePath: string
  pli: Pli
  /** Where `pli` runs; when it dies, the page says so. */
  worker: Worker
  /** Of the service worker; undefined registers none (development). */
  serviceWorkerUrl: string | undefined
  children: ReactNode
}

export function startApp({ form, basePath, pli, worker, serviceWorkerUrl, children }: StartOptions): void {
  const root = document.getElementById('root')
  if (root === null) throw new Error('the page has no root')
  const signInReturn = takeSignInReturn()
  const serviceWorker = startServiceWorkerClient(serviceWorkerUrl)
  awaitInstallOffer()
  createRoot(root).render(
    <StrictMode>
      <PliProvider pli={pli} platform={createBrowserPlatform({ form, signInReturnPath: basePath })}>
        <Alive stopped={watchWorker(worker, pli)} serviceWorker={serviceWorker}>
          <PliGate signInReturn={signInReturn} serviceWorker={serviceWorker}>
            {children}
          </PliGate>
        </Alive>
      </PliProvider>
    </StrictMode>,
  )
}

function Alive(props: { stopped: Live<boolean>; serviceWorker: ServiceWorkerClient; children: ReactNode }) {
  if (useLive(props.stopped)) return <Stopped />
  return (
    <StopBoundary fallback={<Stopped />}>
      <VersionNotice serviceWorker={props.serviceWorker} />
      {props.children}
    </StopBoundary>
  )
}
