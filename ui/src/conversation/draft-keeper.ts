/**
 * What is being written in this page, between the fingers and the messenger's store: kept within a moment, however
 * steadily one types, and before the page is hidden, left or locked. A chosen photo is kept at once.
 * Not concerned with fields (`use-draft.ts`).
 */
import type { ConversationId, Draft, Messenger } from '@pli/client'
import { keepBeforeLeaving } from '../hooks/before-leaving.ts'
import { readFailure } from '../i18n/error-sentence.ts'

const PAUSE_MS = 300

/** Of one conversation. */
export interface DraftKeeper {
  /** As it was left, even if the store does not have it yet; after a sending that is under way. */
  read(): Promise<Draft | undefined>
  write(draft: Draft): void
  /** Resolves when all that was written is in the store, or cannot be kept now: tried again at the next change. */
  keep(): Promise<void>
  /** `work` sends what is written here: once it succeeded, nothing of it comes back. */
  send(work: () => Promise<unknown>): Promise<void>
  /** The one chosen last, also before a reload or a lock. */
  readPhoto(): Promise<File | undefined>
  setPhoto(photo: File | undefined): void
}

/** Per messenger, which ends with a lock: what one account wrote is never seen in another. */
const keepers = new WeakMap<Messenger, Map<ConversationId, DraftKeeper>>()

export function draftKeeper(messenger: Messenger, conversationId: ConversationId): DraftKeeper {
  const known = keepers.get(messenger) ?? new Map<ConversationId, DraftKeeper>()
  keepers.set(messenger, known)
  const keeper = known.get(conversationId) ?? createDraftKeeper(messenger, conversationId)
  known.set(conversationId, keeper)
  return keeper
}

function createDraftKeeper(messenger: Messenger, conversationId: ConversationId): DraftKeeper {
  const { read, write, keep } = createSaver(messenger, conversationId)
  const photo = createPhotoSaver(messenger, conversationId)
  let sending: Promise<void> | undefined
  const send = async (work: () => Promise<unknown>) => {
    // Saved before, not beside: what is saved now would come back after the commit that sends it.
    await Promise.all([keep(), photo.keep()])
    await work()
    photo.forget()
    write({ text: '' })
    await keep()
  }
  return {
    read: async () => {
      await sending
      return read()
    },
    write,
    keep,
    send: (work) => {
      const underWay = send(work).finally(() => {
        sending = undefined
        stopKeeping()
      })
      const settled = underWay.catch(() => undefined)
      // A photo takes a moment to be made ready: somebody who sends and locks at once has sent it.
      const stopKeeping = keepBeforeLeaving(() => settled)
      sending = settled
      return underWay
    },
    readPhoto: async () => {
      await sending
      return photo.read()
    },
    setPhoto: photo.set,
  }
}

function createPhotoSaver(messenger: Messenger, conversationId: ConversationId) {
  /** Undefined: whatever the store has. */
  let chosen: { photo: File | undefined } | undefined
  let saving: Promise<void> = Promise.resolve()

  const save = async (photo: File | undefined) => {
    const bytes = photo && new Uint8Array(await photo.arrayBuffer())
    await messenger.saveDraftPhoto(
      conversationId,
      photo && bytes && { bytes, name: photo.name, type: photo.type },
    )
  }
  return {
    keep: () => saving,
    forget: () => {
      chosen = undefined
    },
    read: async () => {
      if (chosen) return chosen.photo
      const kept = await messenger.draftPhoto(conversationId)
      return kept && new File([new Uint8Array(kept.bytes)], kept.name, { type: kept.type })
    },
    set: (photo: File | undefined) => {
      chosen = { photo }
      // What the store cannot take, a full one say, stays on the screen, and is sent from there.
      saving = saving.then(() => save(photo)).catch(() => undefined)
      const stopKeeping = keepBeforeLeaving(() => saving)
      void saving.then(stopKeeping)
    },
  }
}

function createSaver(messenger: Messenger, conversationId: ConversationId) {
  let unsaved: Draft | undefined
  let saving: Promise<void> | undefined
  let savedAtMs = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopKeeping: (() => void) | undefined

  const done = () => {
    unsaved = undefined
    stopKeeping?.()
    stopKeeping = undefined
  }
  /** One after the other: an older draft never lands on a younger one. */
  const save = async () => {
    while (unsaved !== undefined) {
      const draft = unsaved
      await messenger.saveDraft(conversationId, draft)
      if (unsaved === draft) done()
    }
    savedAtMs = Date.now()
  }
  const keep = () => {
    clearTimeout(timer)
    timer = undefined
    saving ??= save()
      .catch((failure: unknown) => {
        // Nothing readable outlives a lock. Whatever else went wrong, the words stay on the screen.
        if (readFailure(failure).code === 'locked') done()
      })
      .finally(() => {
        saving = undefined
      })
    return saving
  }
  return {
    keep,
    read: async () => unsaved ?? messenger.draft(conversationId),
    write: (draft: Draft) => {
      unsaved = draft
      stopKeeping ??= keepBeforeLeaving(keep)
      timer ??= setTimeout(keep, Math.max(0, savedAtMs + PAUSE_MS - Date.now()))
    },
  }
}
