/** Components, screens and words shared by the two apps. CSS: `@pli/ui/styles.css`. */
export { Composer } from './conversation/composer.tsx'
export { MessageBubble } from './conversation/message-bubble.tsx'
export { MessageState } from './conversation/message-state.tsx'
export { Thread } from './conversation/thread.tsx'
export { ConnectionBar, isOffline } from './feedback/connection-bar.tsx'
export { ConfirmDialog, Dialog } from './feedback/dialog.tsx'
export { EmptyState, FailedLine, FailedState, Notice, Skeleton } from './feedback/states.tsx'
export { type Toast, ToastsProvider, useToasts } from './feedback/toasts.tsx'
export { AppearanceProvider, useAppearance } from './hooks/appearance.tsx'
export {
  type Platform,
  type PushSubscriptionFields,
  type PushSupport,
  usePlatform,
} from './hooks/platform.tsx'
export { MessengerProvider, PliProvider, useMessenger, usePli } from './hooks/pli-context.tsx'
export { useBlobUrl } from './hooks/use-blob-url.ts'
export { useLive } from './hooks/use-live.ts'
export { useNow } from './hooks/use-now.ts'
export { type Task, useTask } from './hooks/use-task.ts'
export { languages, type MessageKey } from './i18n/catalogue.ts'
export { errorSentence, readFailure } from './i18n/error-sentence.ts'
export { useSpeech } from './i18n/language.tsx'
export { preferredLanguage, type Speech } from './i18n/translator.ts'
export { AppMark, Icon, type IconName } from './icons/icon.tsx'
export { Due } from './inbox/due.tsx'
export { InboxList } from './inbox/inbox-list.tsx'
export { Avatar } from './people/avatar.tsx'
export { fullName, personLine } from './people/person-facts.ts'
export { PersonLine } from './people/person-line.tsx'
export { ConversationScreen, type ConversationScreenProps } from './screens/conversation-screen.tsx'
export { InboxScreen, type InboxScreenProps } from './screens/inbox-screen.tsx'
export { type Landmark, Screen, ScreenBar } from './screens/screen.tsx'
