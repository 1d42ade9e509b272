/** Screens that the first load does not need: each is fetched when it is first gone to. */
import { lazy } from 'react'

export const LazyNewMessageScreen = lazy(async () => ({
  default: (await import('../screens/new-message-screen.tsx')).NewMessageScreen,
}))
export const LazyPersonScreen = lazy(async () => ({
  default: (await import('../screens/person-screen.tsx')).PersonScreen,
}))
export const LazySettingsScreen = lazy(async () => ({
  default: (await import('../screens/settings-screen.tsx')).SettingsScreen,
}))
export const LazyOnboardingFlow = lazy(async () => ({
  default: (await import('../screens/onboarding-flow.tsx')).OnboardingFlow,
}))
