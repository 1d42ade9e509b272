/**
 * One unlocked account as a screen uses it. Wires the parts: what the person does is written to the store, what
 * they see is read from it, and the owner of the ratchets transmits in between.
 * Not concerned with unlocking, nor with who owns the ratchets.
 */
import { pushSubscription } from '@pli/protocol/wire'
import type { MessengerContext, OpenMessenger } from '../accounts/messenger-context.ts'
import type { ConversationView, Live } from '../api.ts'
import { createProgressBoard } from '../attachments/progress.ts'
import { readPhoto } from '../attachments/read-photo.ts'
import { ClientError } from '../errors.ts'
import { watchGuarantees } from '../guarantors/guarantees.ts'
import { searchLocal } from '../search/search-local.ts'
import { updateSettings, watchSettings } from '../settings/settings.ts'
import { put } from '../store/record-store.ts'
import type { LinksQuestions } from '../therapeutic-links/ask-links.ts'
import { watchOwnAccount, watchStorage } from './account-view.ts'
import { watchConnection } from './connection-view.ts'
import { watchConversation } from './conversation-view.ts'
import { eraseDue, hideMessage, restoreMessage, UNDO_MS } from './deleting.ts'
import { readDraft, readDraftPhoto, saveDraft, saveDraftPhoto } from './drafts.ts'
import { setFavourite, watchFavourites } from './favourites.ts'
import { watchInbox } from './inbox-view.ts'
import { markOpened, openConversation, setBlocked } from './opening.ts'
import { acceptIdentity, compareScanned, safetyNumber, setVerified } from './safety.ts'
import { startTransmission, type Transmission } from './transmission.ts'
import { cancelMessage, retryMessage, writePhoto, writeText } from './writing.ts'

export async function createMessenger(context: MessengerContext): Promise<OpenMessenger> {
  const { store, relay, device } = context
  const token = device.deviceToken
  const progress = createProgressBoard()
  const [settings, connection, inbox, account, favourites] = await Promise.all([
    watchSettings(store),
    watchConnection(context),
    watchInbox(store),
    watchOwnAccount(store, device.deviceId),
    watchFavourites(store),
  ])
  const guarantees = watchGuarantees(context)
  const ownership = transmitWhileOwning(context, {
    ...{ progress, line: connection.line },
    guaranteesChanged: guarantees.changed,
  })
  const erasing = eraseInTime(context)
  const links = loadLinksQuestions(context)
  const refreshAccount = async () => {
    await store.commit([put('ownAccount', 'self', { account: await relay.account(token) })])
  }
  return {
    localId: context.localId,
    connection: connection.live,
    settings,
    storage: watchStorage(),
    inbox: inbox.live,
    account: account.live,
    favourites: favourites.live,
    guarantees: guarantees.live,
    conversation: (conversationId, limit): Live<ConversationView | null> =>
      watchConversation(store, progress, conversationId, limit),

    searchPeople: (query) => relay.searchPeople(query, token),
    searchLocal: (text) => searchLocal(store, text),
    setFavourite: (person, isFavourite) => setFavourite(store, person, isFavourite, context.nowMs()),
    openConversation: (personId) => openConversation(context, personId),

    sendText: (conversationId, text, options) => writeText(context, conversationId, text, options),
    sendPhoto: (conversationId, photo, options) => writePhoto(context, conversationId, photo, options),
    retry: (messageId) => retryMessage(context, messageId),
    cancel: (messageId) => cancelMessage(context, messageId),
    deleteForMe: async (messageId) => {
      await hideMessage(context, messageId)
      erasing.check()
      return { undoMs: UNDO_MS }
    },
    restore: (messageId) => restoreMessage(context, messageId),
    photo: (messageId) => readPhoto(context, messageId),
    saveDraft: (conversationId, draft) => saveDraft(store, conversationId, draft),
    draft: (conversationId) => readDraft(store, conversationId),
    saveDraftPhoto: (conversationId, photo) => saveDraftPhoto(store, conversationId, photo),
    draftPhoto: (conversationId) => readDraftPhoto(store, conversationId),
    markOpened: (conversationId) => markOpened(context, conversationId),

    checkPatient: async (conversationId, typedNumber) => (await links()).check(conversationId, typedNumber),

    safetyNumber: (conversationId) => safetyNumber(context, conversationId),
    compareScanned: (conversationId, scanned) => compareScanned(context, conversationId, scanned),
    setVerified: (conversationId, verified) => setVerified(context, conversationId, verified),
    acceptIdentity: (conversationId) => acceptIdentity(context, conversationId),
    setBlocked: (conversationId, blocked) => setBlocked(context, conversationId, blocked),

    ...guarantees.decisions,
    updateSettings: (change) => updateSettings(store, change),
    enablePush: async (subscription) => {
      const parsed = pushSubscription.safeParse(subscription)
      if (!parsed.success) throw new ClientError('push_refused')
      await relay.setPush(token, parsed.data)
      await updateSettings(store, { notifications: 'on' })
    },
    disablePush: async () => {
      await relay.removePush(token)
      await updateSettings(store, { notifications: 'off' })
    },
    testPush: () => relay.testPush(token),
    removeDevice: async (deviceId) => {
      if (deviceId === device.deviceId) return signOutAndErase(context)
      await relay.removeDevice(token, deviceId)
      await refreshAccount()
    },
    setPassword: async (loginName, password) => {
      await relay.setPassword(token, loginName, password)
      await refreshAccount()
    },
    changePin: (current, next) => context.changePin(current, next),
    signOutAndErase: () => signOutAndErase(context),
    close: async () => {
      erasing.stop()
      await ownership.stop()
      connection.stop()
      inbox.stop()
      account.stop()
      favourites.stop()
      guarantees.stop()
    },
  }
}

/** Asked seldom, so its code comes when it is. Lives as long as the account is open. */
function loadLinksQuestions(context: MessengerContext): () => Promise<LinksQuestions> {
  let questions: Promise<LinksQuestions> | undefined
  return () => {
    questions ??= import('../therapeutic-links/ask-links.ts').then((links) =>
      links.createLinksQuestions(context),
    )
    questions.catch(() => {
      questions = undefined
    })
    return questions
  }
}

/** Starts and stops the transmission as ownership comes and goes, never two at once. */
function transmitWhileOwning(
  context: MessengerContext,
  options: Omit<Parameters<typeof startTransmission>[1], 'fence'>,
) {
  let running: { fence: number; transmission: Transmission } | undefined
  let changing = Promise.resolve()
  let closed = false
  const follow = async () => {
    const fence = closed ? undefined : context.owner.fence.get()
    if (fence === running?.fence) return
    const ended = running
    running = undefined
    await ended?.transmission.stop()
    if (fence !== undefined)
      running = { fence, transmission: startTransmission(context, { ...options, fence }) }
  }
  const changed = () => {
    changing = changing.then(follow)
  }
  const stopWatching = context.owner.fence.subscribe(changed)
  const stopWaking = context.onWake(() => running?.transmission.wake())
  changed()
  return {
    stop: async () => {
      closed = true
      stopWatching()
      stopWaking()
      changed()
      await changing
    },
  }
}

/** What was deleted is erased in time by whichever tab is open, and at the latest when the account is opened next. */
function eraseInTime(context: MessengerContext) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  const check = () => {
    clearTimeout(timer)
    eraseDue(context).then(
      (nextMs) => {
        if (stopped || nextMs === undefined) return
        timer = setTimeout(check, Math.max(100, nextMs - context.nowMs()))
      },
      // Tried again when the account is opened next.
      () => {},
    )
  }
  check()
  return {
    check,
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}

/** The copy goes even if the relay cannot be told now: what is left of it then is the token to tell it later. */
async function signOutAndErase({ relay, device, erase }: MessengerContext): Promise<void> {
  let relayKnows = true
  try {
    await relay.removeDevice(device.deviceToken, device.deviceId)
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    relayKnows = false
  }
  await erase({ relayKnows })
}
