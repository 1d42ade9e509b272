/** What both apps are made of besides screens: the start, the gate, the places, the notices. */
export { InstallNotice } from './app-notices.tsx'
export { useDocumentTitle } from './document-title.ts'
export { FocusArrival, focusMain } from './focus-arrival.tsx'
export { useGate } from './gate-context.ts'
export {
  LazyNewMessageScreen,
  LazyPersonScreen,
  LazySettingsScreen,
} from './lazy-screens.ts'
export { goBack, navigate, useRoute } from './navigation.ts'
export { type Route, routeHref } from './route.ts'
export { startApp } from './start-app.tsx'
