/** What stands above a conversation until it is decided: a changed identity key, a blocked person. */
import type { ConversationView } from '@pli/client'
import { useState } from 'react'
import { FailedLine } from '../feedback/states.tsx'
import { useMessenger } from '../hooks/pli-context.tsx'
import { useTask } from '../hooks/use-task.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'
import { fullName } from '../people/person-facts.ts'
import { AcceptKeyDialog } from '../safety/accept-key-dialog.tsx'

export function ConversationBanners(props: { view: ConversationView; onCompare: () => void }) {
  const { view } = props
  return (
    <>
      {view.identityChanged && <IdentityChanged view={view} onCompare={props.onCompare} />}
      {view.blocked && <Blocked view={view} />}
    </>
  )
}

function IdentityChanged({ view, onCompare }: { view: ConversationView; onCompare: () => void }) {
  const speech = useSpeech()
  const { t } = speech
  const [asking, setAsking] = useState(false)
  const name = fullName(speech, view.person)
  // The question stands beside the banner, not in it: it is no part of what is alerted, nor of its colours.
  return (
    <>
      <div className="banner banner--urgent" role="alert">
        <Icon name="key" size="sm" />
        <p>
          <b>{t('conversation.keyChanged', { name })}</b> {t('conversation.keyChangedText')}
        </p>
        <span className="banner__actions">
          <button type="button" className="btn" onClick={onCompare}>
            {t('conversation.compare')}
          </button>
          <button type="button" className="btn" onClick={() => setAsking(true)}>
            {t('conversation.acceptKey')}
          </button>
        </span>
      </div>
      {asking && <AcceptKeyDialog view={view} onClose={() => setAsking(false)} />}
    </>
  )
}

function Blocked({ view }: { view: ConversationView }) {
  const { t } = useSpeech()
  const messenger = useMessenger()
  const task = useTask()
  return (
    <div className="banner banner--caution" role="status">
      <Icon name="block" size="sm" />
      <p>
        <b>{t('conversation.blocked')}</b> {t('conversation.blockedText')}
        <FailedLine error={task.failure} />
      </p>
      <button
        type="button"
        className="btn"
        aria-busy={task.busy}
        onClick={() => task.run(() => messenger.setBlocked(view.conversationId, false))}
      >
        {t('conversation.unblock')}
      </button>
    </div>
  )
}
