/**
 * The browser's offer to install the app, kept until the person asks for it. Source: Web App Manifest,
 * `beforeinstallprompt` (Chromium). Not concerned with iOS, which offers nothing that a page can ask for.
 */
import type { Live } from '@pli/client'

interface InstallPrompt extends Event {
  prompt(): Promise<unknown>
}

const DECLINED_KEY = 'pli.install-declined'

let offer: (() => void) | undefined
const listeners = new Set<() => void>()

function set(next: (() => void) | undefined) {
  offer = next
  for (const listener of listeners) listener()
}

/** Calling its value shows the browser's own dialog. */
export const installOffer: Live<() => void> = {
  get: () => offer,
  subscribe(listener) {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}

function isDeclined(): boolean {
  try {
    return localStorage.getItem(DECLINED_KEY) !== null
  } catch {
    return true
  }
}

/** Called once, early: the browser offers only once per page. */
export function awaitInstallOffer() {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    if (isDeclined()) return
    set(() => {
      set(undefined)
      void (event as InstallPrompt).prompt()
    })
  })
  addEventListener('appinstalled', () => set(undefined))
}

export function declineInstall() {
  set(undefined)
  try {
    localStorage.setItem(DECLINED_KEY, '1')
  } catch {
    // A browser that keeps nothing will offer again.
  }
}
