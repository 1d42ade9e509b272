/** The question before a changed identity key is taken for good without comparing. Not concerned with saying that it changed. */
import type { ConversationView } from '@pli/client'
import { ConfirmDialog } from '../feedback/dialog.tsx'
import { useMessenger } from '../hooks/pli-context.tsx'
import { useSpeech } from '../i18n/language.tsx'
import { fullName } from '../people/person-facts.ts'

export function AcceptKeyDialog({ view, onClose }: { view: ConversationView; onClose: () => void }) {
  const speech = useSpeech()
  const { t } = speech
  const messenger = useMessenger()
  return (
    <ConfirmDialog
      title={t('conversation.acceptTitle')}
      text={t('conversation.acceptText', { name: fullName(speech, view.person) })}
      confirm={t('conversation.acceptKey')}
      urgent
      act={() => messenger.acceptIdentity(view.conversationId)}
      onClose={onClose}
    />
  )
}
