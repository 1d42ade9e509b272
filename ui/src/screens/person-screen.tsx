/** A person: what the directory says, why we believe it, the safety number, blocking. */
import type { ConversationId, ConversationView } from '@pli/client'
import { useMemo, useState } from 'react'
import { ConfirmDialog } from '../feedback/dialog.tsx'
import { Notice, Skeleton } from '../feedback/states.tsx'
import { useToasts } from '../feedback/toasts.tsx'
import { usePlatform } from '../hooks/platform.tsx'
import { useMessenger } from '../hooks/pli-context.tsx'
import { useLive } from '../hooks/use-live.ts'
import { useTask } from '../hooks/use-task.ts'
import { errorSentence } from '../i18n/error-sentence.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'
import { NoConversation } from '../people/no-conversation.tsx'
import { fullName } from '../people/person-facts.ts'
import { PersonFactsPanel, PersonPortrait } from '../people/person-portrait.tsx'
import { StarButton } from '../people/star-button.tsx'
import { AcceptKeyDialog } from '../safety/accept-key-dialog.tsx'
import { SafetyNumberPanel } from '../safety/safety-number.tsx'
import { type Landmark, Screen, ScreenBar } from './screen.tsx'

export interface PersonScreenProps {
  conversationId: ConversationId
  landmark?: Landmark
  onBack?: () => void
  /** Offered when the conversation is not beside it already. */
  onWrite?: (conversationId: ConversationId) => void
}

export function PersonScreen(props: PersonScreenProps) {
  const { t } = useSpeech()
  const messenger = useMessenger()
  const { conversationId } = props
  const live = useMemo(() => messenger.conversation(conversationId, 1), [messenger, conversationId])
  const view = useLive(live)
  const desk = usePlatform().form === 'desk'
  const landmark = props.landmark ?? (desk ? 'aside' : 'main')
  return (
    <Screen landmark={landmark} label={t('personScreen.title')}>
      <ScreenBar
        onBack={props.onBack}
        title={t('personScreen.title')}
        heading={landmark === 'main' ? 'h1' : 'h2'}
      />
      <div className="screen__scroll">
        {view && <Person {...props} view={view} />}
        {view === undefined && <Skeleton />}
        {view === null && landmark === 'main' && <NoConversation heading="h2" />}
      </div>
    </Screen>
  )
}

function Person(props: PersonScreenProps & { view: ConversationView }) {
  const { t } = useSpeech()
  const { view, onWrite } = props
  return (
    <div className="stack">
      <PersonPortrait person={view.person} />
      {onWrite && (
        <div className="kinds">
          <button type="button" className="kind" onClick={() => onWrite(view.conversationId)}>
            <Icon name="write" />
            {t('personScreen.write')}
          </button>
        </div>
      )}
      {view.identityChanged && <KeyChanged view={view} />}
      <SafetyNumberPanel
        conversationId={view.conversationId}
        changed={`${view.identityChanged} ${view.verified}`}
      />
      <Why view={view} />
      <PersonFactsPanel person={view.person} />
      <StarButton person={view.person} />
      <BlockButton view={view} />
    </div>
  )
}

function KeyChanged({ view }: { view: ConversationView }) {
  const speech = useSpeech()
  const { t } = speech
  const [asking, setAsking] = useState(false)
  const name = fullName(speech, view.person)
  return (
    <>
      <Notice tone="urgent" icon="key" role="alert">
        <p>{t('message.identityChanged', { name })}</p>
        <button type="button" className="btn" onClick={() => setAsking(true)}>
          {t('conversation.acceptKey')}
        </button>
      </Notice>
      {asking && <AcceptKeyDialog view={view} onClose={() => setAsking(false)} />}
    </>
  )
}

function Why({ view }: { view: ConversationView }) {
  const { t, format } = useSpeech()
  const date = format.date(view.proof.atMs)
  const { vouched } = view.person
  const name = vouched?.guarantorName
  const known = view.proof.kind === 'oidc' ? 'personScreen.trustOidc' : 'personScreen.trustCode'
  return (
    <section className="panel">
      <h2>{t('personScreen.trust')}</h2>
      {vouched ? (
        <p>
          {name
            ? t('personScreen.trustGuarantor', { name, date })
            : t('personScreen.trustAdmitted', { date })}
        </p>
      ) : (
        <p>{t(known, { date })}</p>
      )}
    </section>
  )
}

function BlockButton({ view }: { view: ConversationView }) {
  const speech = useSpeech()
  const { t } = speech
  const messenger = useMessenger()
  const toasts = useToasts()
  const task = useTask()
  const [asking, setAsking] = useState(false)
  const block = async (blocked: boolean) => {
    await messenger.setBlocked(view.conversationId, blocked)
    toasts.show({ text: t(blocked ? 'personScreen.blocked' : 'personScreen.unblocked') })
  }
  return (
    <>
      <button
        type="button"
        className="btn btn--wide btn--danger"
        aria-busy={task.busy}
        onClick={() => (view.blocked ? task.run(() => block(false)) : setAsking(true))}
      >
        <Icon name="block" size="sm" />
        {t(view.blocked ? 'personScreen.unblock' : 'personScreen.block')}
      </button>
      {task.failure !== undefined && <p className="field__error">{errorSentence(t, task.failure)}</p>}
      {asking && (
        <ConfirmDialog
          title={t('personScreen.blockTitle', { name: fullName(speech, view.person) })}
          text={t('personScreen.blockText')}
          confirm={t('personScreen.block')}
          urgent
          act={() => block(true)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}
