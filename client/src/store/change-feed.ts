/**
 * News of what changed, from commit to listeners: within this tab at once, to other tabs sealed, over a channel
 * under an opaque name. Tabs that have not unlocked the account learn only that something happened.
 * Not concerned with values: whoever hears of a change reads the store.
 */
import { decode, encode } from 'cborg'
import type { RecordCipher } from './record-cipher.ts'
import type { TableChange } from './record-store.ts'

/** The part of `BroadcastChannel` that is used. */
export type NewsChannel = Pick<BroadcastChannel, 'postMessage' | 'onmessage' | 'close'>

export interface ChangeFeed {
  publish(changes: readonly TableChange[]): void
  listen(listener: (changes: readonly TableChange[]) => void): () => void
  close(): void
}

export function createChangeFeed(cipher: RecordCipher, channel?: NewsChannel): ChangeFeed {
  const listeners = new Set<(changes: readonly TableChange[]) => void>()
  let closed = false
  const tell = (changes: readonly TableChange[]) => {
    if (closed) return
    for (const listener of [...listeners]) listener(changes)
  }
  if (channel !== undefined) channel.onmessage = (event) => void hear(cipher, event.data, tell)
  return {
    publish: (changes) => {
      tell(changes)
      if (channel === undefined || closed) return
      void cipher.sealNews(encode(changes)).then((sealed) => {
        if (!closed) channel.postMessage(sealed)
      })
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => {
      closed = true
      listeners.clear()
      channel?.close()
    },
  }
}

async function hear(
  cipher: RecordCipher,
  data: unknown,
  tell: (changes: readonly TableChange[]) => void,
): Promise<void> {
  if (!(data instanceof Uint8Array)) return
  let changes: readonly TableChange[]
  try {
    // It opens under this account's key: another tab of ours wrote it.
    changes = decode(await cipher.openNews(data)) as readonly TableChange[]
  } catch {
    return
  }
  tell(changes)
}
