/** Waiting for what a screen would show. */
import type { Live, MessageView, Messenger } from '@pli/client'
import type { AccountId } from '@pli/protocol/wire'

const PATIENCE_MS = 40_000

/**
 * Resolves with the first value that `wanted` accepts (never with that there is nothing); says what it saw last when
 * that never comes.
 */
export function until<T>(live: Live<T | null>, wanted: (value: T) => boolean, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    let stop = () => {}
    const timer = setTimeout(() => {
      stop()
      reject(new Error(`waited in vain for ${what}; last seen: ${JSON.stringify(live.get())}`))
    }, PATIENCE_MS)
    const look = () => {
      const value = live.get()
      if (value === undefined || value === null || !wanted(value)) return
      clearTimeout(timer)
      stop()
      resolve(value)
    }
    stop = live.subscribe(look)
    look()
  })
}

export async function untilMessage(
  messenger: Messenger,
  conversationId: AccountId,
  wanted: (message: MessageView) => boolean,
  what: string,
): Promise<MessageView> {
  const view = await until(
    messenger.conversation(conversationId, 200),
    ({ messages }) => messages.some(wanted),
    what,
  )
  return view.messages.find(wanted)!
}

export function hasText(text: string): (message: MessageView) => boolean {
  return ({ body }) => body.kind === 'text' && body.text === text
}

/** What stands in a conversation, oldest first. */
export async function textsOf(messenger: Messenger, conversationId: AccountId): Promise<string[]> {
  const view = await until(messenger.conversation(conversationId, 500), () => true, 'a conversation')
  return view.messages.map(({ body }) => (body.kind === 'text' ? body.text : `<${body.kind}>`))
}
