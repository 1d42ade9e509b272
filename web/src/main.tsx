/** Starts the desk app: its worker, its service worker, its panes. */
import { connectPli } from '@pli/client/page'
import { startApp } from '@pli/ui'
import '@pli/ui/styles.css'
import './desk.css'
import { lazy } from 'react'

const loadApp = () => import('./desk-app.tsx')
/** Not needed before an account is open; fetched while its PIN is typed. */
const DeskApp = lazy(async () => ({ default: (await loadApp()).DeskApp }))
addEventListener('load', () => setTimeout(loadApp, 1000))

// A file dropped beside its place must not take the app's place in the tab.
for (const type of ['dragover', 'drop'] as const) {
  addEventListener(type, (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
  })
}

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
const relayOrigin: string | undefined = import.meta.env.VITE_RELAY_ORIGIN
startApp({
  form: 'desk',
  basePath: import.meta.env.BASE_URL,
  worker,
  pli: connectPli(worker, relayOrigin ? { relayOrigin } : {}),
  serviceWorkerUrl: import.meta.env.PROD ? `${import.meta.env.BASE_URL}service-worker.js` : undefined,
  children: <DeskApp />,
})
