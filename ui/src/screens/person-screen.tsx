/** A person: what the directory says, why we believe it, the safety number, blocking. */
import type { ConversationId, ConversationView } from '@pli/client'
import type { DirectoryPerson } from '@pli/protocol/wire'
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
import { Avatar } from '../people/avatar.tsx'
import { fullName, mainRole, placeName, roleTitle, roleWhere, writeNihii } from '../people/person-facts.ts'
import { TrustBadges } from '../people/trust-badges.tsx'
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
      <div className="screen__scroll">{view ? <Person {...props} view={view} /> : <Skeleton />}</div>
    </Screen>
  )
}

function Person(props: PersonScreenProps & { view: ConversationView }) {
  const { t } = useSpeech()
  const { view, onWrite } = props
  return (
    <div className="stack">
      <Portrait person={view.person} />
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
      <Facts person={view.person} />
      <BlockButton view={view} />
    </div>
  )
}

function Portrait({ person }: { person: DirectoryPerson }) {
  const speech = useSpeech()
  const role = mainRole(person)
  return (
    <div className="portrait">
      <Avatar person={person} size="lg" />
      <div>
        <h2>{fullName(speech, person)}</h2>
        {role && (
          <p className="lead">
            {roleTitle(speech, role)}
            <br />
            {roleWhere(speech, role)}
          </p>
        )}
        <p className="badges">
          <TrustBadges person={person} />
        </p>
      </div>
    </div>
  )
}

function KeyChanged({ view }: { view: ConversationView }) {
  const speech = useSpeech()
  const { t } = speech
  const messenger = useMessenger()
  const [asking, setAsking] = useState(false)
  const name = fullName(speech, view.person)
  return (
    <Notice tone="urgent" icon="key" role="alert">
      <p>{t('message.identityChanged', { name })}</p>
      <button type="button" className="btn" onClick={() => setAsking(true)}>
        {t('conversation.acceptKey')}
      </button>
      {asking && (
        <ConfirmDialog
          title={t('conversation.acceptTitle')}
          text={t('conversation.acceptText', { name })}
          confirm={t('conversation.acceptKey')}
          urgent
          act={() => messenger.acceptIdentity(view.conversationId)}
          onClose={() => setAsking(false)}
        />
      )}
    </Notice>
  )
}

function Why({ view }: { view: ConversationView }) {
  const { t, format } = useSpeech()
  const date = format.date(view.proof.atMs)
  return (
    <section className="panel">
      <h2>{t('personScreen.trust')}</h2>
      <p>{t(view.proof.kind === 'oidc' ? 'personScreen.trustOidc' : 'personScreen.trustCode', { date })}</p>
    </section>
  )
}

function Facts({ person }: { person: DirectoryPerson }) {
  const speech = useSpeech()
  const { t } = speech
  const numbers = [...new Set(person.roles.flatMap((role) => (role.nihii8 ? [role.nihii8] : [])))]
  return (
    <section className="panel">
      <h2>{t('personScreen.facts')}</h2>
      <ul className="places">
        {person.roles.map((role) => (
          <li key={role.roleId}>
            <b>{role.organisation ?? roleTitle(speech, role)}</b>
            <small>
              {roleTitle(speech, role)} · {role.place.postcode} {placeName(role.place, speech.language)}
              {!role.active && ` · ${t('person.inactive')}`}
            </small>
          </li>
        ))}
      </ul>
      {numbers.length > 0 && (
        <dl className="facts">
          <dt>{t('person.nihii')}</dt>
          <dd className="num">{numbers.map(writeNihii).join(', ')}</dd>
        </dl>
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
