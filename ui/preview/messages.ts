/** What the mock's people wrote to each other, around the moment the page is opened. */
import type { ConversationId, ConversationView, Draft, InboxRow, MessageView } from '@pli/client'
import type { MessageId } from '@pli/protocol/content'
import type { DirectoryPerson } from '@pli/protocol/wire'
import { claire, ines, kevin, lieven, nathalie, pierre } from './people.ts'

const MINUTE_MS = 60_000
const nowMs = Date.now()
const ago = (minutes: number) => nowMs - minutes * MINUTE_MS
export const conversationIdOf = (person: DirectoryPerson) => person.accountId as ConversationId

let count = 0
export function nextMessageId(): MessageId {
  count++
  return `10000000-0000-4000-8000-${String(count).padStart(12, '0')}` as MessageId
}

type Some = Omit<MessageView, 'id' | 'conversationId' | 'atMs' | 'direction'>

export function incoming(from: DirectoryPerson, minutes: number, rest: Some): MessageView {
  return {
    id: nextMessageId(),
    conversationId: conversationIdOf(from),
    direction: 'in',
    atMs: ago(minutes),
    ...rest,
  }
}

export function outgoing(to: DirectoryPerson, minutes: number, rest: Some): MessageView {
  const times = { waitingAtMs: ago(minutes) }
  return {
    id: nextMessageId(),
    conversationId: conversationIdOf(to),
    direction: 'out',
    atMs: ago(minutes),
    times,
    ...rest,
  }
}

const text = (words: string) => ({ kind: 'text' as const, text: words })
const photo = (here: boolean, caption: string) => ({
  kind: 'photo' as const,
  width: 1200,
  height: 800,
  bytes: 1_900_000,
  caption,
  here,
})

function answeredTimes(minutes: number) {
  const at = ago(minutes)
  return {
    waitingAtMs: at,
    relayedAtMs: at + 900,
    deliveredAtMs: at + 1800,
    openedAtMs: at + 7 * MINUTE_MS,
    answeredAtMs: at + 8 * MINUTE_MS,
  }
}

const withNathalie: MessageView[] = [
  incoming(nathalie, 26 * 60, { body: text('Bonjour, merci pour l’ordonnance de Mme M. D.') }),
  outgoing(nathalie, 25 * 60, {
    body: text('Avec plaisir. Dites-moi s’il y a un doute.'),
    outgoing: { state: 'answered', atMs: ago(24 * 60) },
    times: answeredTimes(25 * 60),
  }),
  incoming(nathalie, 3, {
    body: text('Méthotrexate : chaque jour ou chaque semaine ? La patiente est au comptoir.'),
    patientTag: 'M. D.',
    answerByMs: nowMs + 9 * MINUTE_MS,
  }),
]

const withKevin: MessageView[] = [
  outgoing(kevin, 125, {
    body: text('Envoyez-moi une photo au prochain pansement, avec la réglette.'),
    patientTag: 'G. L.',
    outgoing: { state: 'answered', atMs: ago(20) },
    times: answeredTimes(125),
  }),
  incoming(kevin, 20, {
    body: photo(true, 'Talon gauche, face externe. Réglette 5 cm.'),
    patientTag: 'G. L.',
  }),
  incoming(kevin, 19, {
    body: text('Photo de plaie, talon gauche : suffisant pour juger ?'),
    patientTag: 'G. L.',
    answerByMs: nowMs + 70 * MINUTE_MS,
  }),
]
const [, wound] = withKevin

const withLieven: MessageView[] = [
  incoming(lieven, 35, {
    body: text('Bisoprolol 10 mg: tot nu toe 5 mg?'),
    patientTag: 'J. V.',
    answerByMs: nowMs + 160 * MINUTE_MS,
  }),
]

const withPierre: MessageView[] = [
  incoming(pierre, 180, {
    body: text('H. B. sort demain. Peut-on arrêter le pantoprazole ?'),
    patientTag: 'H. B.',
  }),
  outgoing(pierre, 170, {
    body: text('Oui, arrêtez le pantoprazole. Je la revois mercredi avec une biologie.'),
    patientTag: 'H. B.',
    outgoing: { state: 'answered', atMs: ago(162) },
    times: answeredTimes(170),
  }),
  incoming(pierre, 162, { body: text('Merci. Je préviens l’officine.') }),
  incoming(pierre, 150, { body: { kind: 'unreadable', sentAgainAskedAtMs: ago(149) } }),
  incoming(pierre, 140, { body: { kind: 'unsupported' } }),
  outgoing(pierre, 100, {
    body: text('Et la kaliémie ?'),
    outgoing: { state: 'opened', atMs: ago(90) },
    times: { waitingAtMs: ago(100), relayedAtMs: ago(100), deliveredAtMs: ago(99), openedAtMs: ago(90) },
  }),
  outgoing(pierre, 80, {
    body: text('Je vous envoie l’ECG.'),
    outgoing: { state: 'delivered', atMs: ago(79) },
    times: { waitingAtMs: ago(80), relayedAtMs: ago(80), deliveredAtMs: ago(79) },
  }),
  outgoing(pierre, 75, {
    body: photo(true, 'ECG de ce matin'),
    patientTag: 'J. V.',
    outgoing: { state: 'waiting', uploadedBytes: 1_100_000, totalBytes: 1_800_000 },
  }),
  outgoing(pierre, 70, {
    body: text('ECG de ce matin, je vous l’envoie.'),
    patientTag: 'J. V.',
    outgoing: { state: 'failed', code: 'queue_full', atMs: ago(69) },
  }),
]

const withClaire: MessageView[] = [
  outgoing(claire, 1600, {
    body: text('Merci, je la revois vendredi.'),
    patientTag: 'A. R.',
    outgoing: { state: 'answered', atMs: ago(1500) },
    times: answeredTimes(1600),
  }),
]

export function conversationWith(
  person: DirectoryPerson,
  messages: MessageView[],
  rest: Partial<ConversationView> = {},
): ConversationView {
  return {
    conversationId: conversationIdOf(person),
    person,
    proof: { kind: 'oidc', atMs: ago(60 * 24 * 40) },
    verified: false,
    identityChanged: false,
    blocked: false,
    messages,
    hasEarlier: false,
    unread: 0,
    ...rest,
  }
}

export function makeConversations(): ConversationView[] {
  if (wound && withKevin[2])
    withKevin[2].quote = { messageId: wound.id, excerpt: 'Talon gauche, face externe' }
  return [
    conversationWith(nathalie, withNathalie, { unread: 1, verified: true }),
    conversationWith(kevin, withKevin, { unread: 2 }),
    conversationWith(lieven, withLieven),
    conversationWith(pierre, withPierre, {
      hasEarlier: true,
      proof: { kind: 'operator_code', atMs: ago(60 * 24 * 9) },
    }),
    conversationWith(ines, []),
    conversationWith(claire, withClaire),
  ]
}

/** Most urgent first, as the messenger orders them. */
export function rowsOf(
  conversations: Iterable<ConversationView>,
  drafts: ReadonlyMap<ConversationId, Draft>,
): InboxRow[] {
  const rows = [...conversations].map((view): InboxRow => {
    const last = view.messages.at(-1)
    const draft = drafts.get(view.conversationId)?.text
    const toAnswer = last?.direction === 'in' && last.answerByMs !== undefined
    return {
      conversationId: view.conversationId,
      person: view.person,
      unread: view.unread,
      toAnswer,
      latestAtMs: last?.atMs ?? ago(85),
      ...(last && { lastMessage: last }),
      ...(draft && { draft }),
      ...(toAnswer && last?.answerByMs !== undefined && { answerByMs: last.answerByMs }),
    }
  })
  const far = Number.MAX_SAFE_INTEGER
  return rows.sort((a, b) => (a.answerByMs ?? far) - (b.answerByMs ?? far) || b.latestAtMs - a.latestAtMs)
}
