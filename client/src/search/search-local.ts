/**
 * Search in what is on this device: the people written to, and messages, newest first. Everything is opened to be
 * searched, so it is bounded: nothing that could be searched faster is kept in the clear.
 * Not concerned with the directory.
 */
import type { LocalSearchResult } from '../api.ts'
import { inboxRow } from '../messenger/inbox-view.ts'
import { viewOfMessage } from '../messenger/message-view.ts'
import type { ConversationRecord, MessageRecord } from '../messenger/records.ts'
import type { RecordStore, Stored } from '../store/record-store.ts'

const MOST_PEOPLE = 20
const MOST_MESSAGES = 50
/** Messages that are opened for one search. */
const MOST_LOOKED_AT = 5_000
const PAGE = 250

export async function searchLocal(store: RecordStore, text: string): Promise<LocalSearchResult> {
  const words = fold(text).split(/\s+/).filter(Boolean)
  if (words.length === 0) return { people: [], messages: [] }
  const matches = (haystack: string) => {
    const folded = fold(haystack)
    return words.every((word) => folded.includes(word))
  }
  const conversations = (await store.list('conversations'))
    .map((row) => row.value)
    .filter((conversation) => !conversation.blocked)
  const people = conversations
    .filter((conversation) => matches(describe(conversation)))
    .sort((a, b) => b.latestAtMs - a.latestAtMs)
    .slice(0, MOST_PEOPLE)
  return {
    people: people.map((conversation) => inboxRow(conversation) ?? emptyRow(conversation)),
    messages: await searchMessages(store, conversations, matches),
  }
}

async function searchMessages(
  store: RecordStore,
  conversations: readonly ConversationRecord[],
  matches: (haystack: string) => boolean,
): Promise<LocalSearchResult['messages']> {
  const personOf = new Map(conversations.map(({ conversationId, person }) => [conversationId, person]))
  const found: LocalSearchResult['messages'] = []
  let before: number | undefined
  for (let looked = 0; looked < MOST_LOOKED_AT && found.length < MOST_MESSAGES; looked += PAGE) {
    const page: Stored<'messages'>[] = await store.list('messages', {
      reverse: true,
      limit: PAGE,
      ...(before === undefined ? {} : { beforeOrder: before }),
    })
    for (const { value } of page) {
      const person = personOf.get(value.conversationId)
      if (person === undefined || value.hidden === true || !matches(wordsOf(value))) continue
      found.push({ message: viewOfMessage(value), person })
    }
    before = page.at(-1)?.order
    if (page.length < PAGE) break
  }
  return found.slice(0, MOST_MESSAGES)
}

function wordsOf({ body, patientTag = '' }: MessageRecord): string {
  if (body.kind === 'text') return `${body.text} ${patientTag}`
  return body.kind === 'photo' ? `${body.caption ?? ''} ${patientTag}` : ''
}

function describe({ person }: ConversationRecord): string {
  const places = person.roles.map((role) => `${role.organisation ?? ''} ${role.place.fr} ${role.place.nl}`)
  return [person.firstName, person.lastName, ...places].join(' ')
}

function emptyRow({ conversationId, person, toAnswer, latestAtMs }: ConversationRecord) {
  return { conversationId, person, unread: 0, toAnswer, latestAtMs }
}

/** Without case and accents. */
function fold(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}
