/** People of the demo, each with a real client over real sockets. Not concerned with what they say. */
import type { ConversationId, Live, LocalAccountId, MessageView, Messenger } from '@pli/client'
import { createNodeClient, type RunningPli } from '@pli/client/node'
import type { PersonId } from '@pli/protocol/wire'

const PIN = '246810'
const PATIENCE_MS = 60_000

export interface Person {
  slug: string
  personId: PersonId
  pli: RunningPli
  localId: LocalAccountId
  messenger: Messenger
}

/** Resolves with the first value that `wanted` accepts. */
export function until<T, R>(
  live: Live<T | null>,
  wanted: (value: T) => R | undefined | false,
  what: string,
): Promise<R> {
  return new Promise((resolve, reject) => {
    let stop = () => {}
    const timer = setTimeout(() => {
      stop()
      reject(new Error(`waited in vain for: ${what}`))
    }, PATIENCE_MS)
    const look = () => {
      const value = live.get()
      const found = value === undefined || value === null ? undefined : wanted(value)
      if (found === undefined || found === false) return
      clearTimeout(timer)
      stop()
      resolve(found)
    }
    stop = live.subscribe(look)
    look()
  })
}

export interface Device {
  relayUrl: string
  dataDir: string
}

export async function onboard(
  device: Device,
  person: { slug: string; personId: PersonId },
  code: string,
): Promise<Person> {
  const pli = await createNodeClient(device)
  const { pendingId } = await pli.redeemCode({ personId: person.personId, code })
  const request = { pendingId, pin: PIN, replaceExisting: false, deviceName: 'Demo', language: 'fr' as const }
  const localId = await pli.register(request)
  return { ...person, pli, localId, messenger: pli.messenger(localId) }
}

/** Opens the same device again, from what it had stored. */
export async function comeBack(device: Device, person: Person): Promise<Person> {
  const pli = await createNodeClient(device)
  await pli.unlock(person.localId, PIN)
  return { ...person, pli, messenger: pli.messenger(person.localId) }
}

export function messageFrom(
  person: Person,
  conversationId: ConversationId,
  wanted: (message: MessageView) => boolean,
  what: string,
): Promise<MessageView> {
  const live = person.messenger.conversation(conversationId, 50)
  return until(live, ({ messages }) => messages.find(wanted), what)
}
