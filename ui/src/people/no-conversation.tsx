/** Said where an address leads to nobody: a link that was cut short, or one of another device. */
import { EmptyState } from '../feedback/states.tsx'
import { usePlatform } from '../hooks/platform.tsx'
import { useSpeech } from '../i18n/language.tsx'

export function NoConversation({ heading }: { heading: 'h1' | 'h2' }) {
  const { t } = useSpeech()
  return (
    <EmptyState
      icon="inbox"
      heading={heading}
      title={t('conversation.missingTitle')}
      text={t('conversation.missingText')}
    >
      <a className="btn" href={usePlatform().inboxHref}>
        {t('conversation.toInbox')}
      </a>
    </EmptyState>
  )
}
