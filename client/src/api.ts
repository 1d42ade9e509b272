/**
 * The messenger as a screen sees it: types only. A page holds a `Pli` (one per tab, in front of a worker) and one
 * `Messenger` per unlocked account. Everything here crosses a worker boundary: plain data, promises, and `Live`
 * values that push. Not concerned with how any of it is done.
 */
import type { MessageId } from '@pli/protocol/content'
import type {
  AccountId,
  DeviceId,
  DirectoryPage,
  DirectoryPerson,
  DirectoryQuery,
  GuaranteeId,
  GuaranteeList,
  GuaranteeRequest,
  OwnAccount,
  OwnRequest,
  PersonId,
  Proof,
  RelayConfig,
  RoleProfession,
} from '@pli/protocol/wire'

/** Opaque name of an account on this device; says nothing about whose it is. */
export type LocalAccountId = string & { readonly brand: 'LocalAccountId' }
/** One to one: the other person's account. */
export type ConversationId = AccountId

/** A value that changes. `get` is undefined until the first value came; `subscribe` returns the way to stop. */
export interface Live<T> {
  get(): T | undefined
  subscribe(listener: () => void): () => void
}

// ─── The browser: accounts on this device, onboarding, lock ───────────────────────────────────────────────

export interface LocalAccount {
  localId: LocalAccountId
  /** Shown on the lock screen, as the person chose it at onboarding. */
  displayName: string
  profession: RoleProfession
  placeName: string
  unlocked: boolean
  /** How many PINs may still be tried before this device's copy is erased (10 at first). */
  triesLeft: number
  /** Wrong PINs make one wait: not before this time. */
  nextTryAtMs?: number
}

/** A proof in hand, no device yet. Survives a reload; gone after 15 minutes. */
export interface PendingRegistration {
  pendingId: string
  person: DirectoryPerson
  /** Devices that registering here would cut off; empty for a new account. */
  existingDevices: { name: string; lastSeenDay: string }[]
  /** True when this browser already holds this account: unlock it instead. */
  alreadyHere?: LocalAccountId
}

export interface Pli {
  relayConfig(): Promise<RelayConfig>
  accounts: Live<LocalAccount[]>
  searchDirectory(query: DirectoryQuery): Promise<DirectoryPage>
  /** The address to navigate to. `returnTo` is a path of this app, which gets `#ticket=…` or `#sign-in-error=…`. */
  beginSignIn(request: { personId: PersonId; returnTo: string; language: Language }): Promise<{ url: string }>
  completeSignIn(ticket: string): Promise<PendingRegistration>
  redeemCode(request: { personId: PersonId; code: string }): Promise<PendingRegistration>
  /** For somebody who is not in the directory; asked again with a request under way, it is that request. */
  askGuarantor(request: Omit<GuaranteeRequest, 'requestToken'>): Promise<OwnRequest>
  /** How this device's request stands; undefined when there is none. Throws `offline` only where there is one. */
  guaranteeRequest(): Promise<OwnRequest | undefined>
  /** Withdraws it while it is pending. */
  forgetGuaranteeRequest(): Promise<void>
  /** After a yes. Throws `ticket_invalid`. */
  redeemGuarantee(): Promise<PendingRegistration>
  pendingRegistration(): Promise<PendingRegistration | undefined>
  abandonRegistration(): Promise<void>
  /** Makes keys, registers the device and opens it. `pin`: 6 to 64 characters. */
  register(request: {
    pendingId: string
    pin: string
    replaceExisting: boolean
    deviceName: string
    language: Language
  }): Promise<LocalAccountId>
  /** Throws `pin_wrong` (with `triesLeft`), `pin_wait`, `erased`. */
  unlock(localId: LocalAccountId, pin: string): Promise<void>
  lock(localId: LocalAccountId): Promise<void>
  /** Only for an unlocked account. */
  messenger(localId: LocalAccountId): Messenger
}

// ─── One unlocked account ─────────────────────────────────────────────────────────────────────────────────

export type ConnectionState =
  | { state: 'online'; upToDate: boolean }
  | { state: 'connecting'; nextTryAtMs?: number }
  | { state: 'offline' }
  /** This device was removed or replaced; what is here can still be read. */
  | { state: 'revoked'; reason: string }
  /** Another tab of this browser does the sending; this one follows. */
  | { state: 'following'; online: boolean; upToDate: boolean }

/** A letter on its way. `answered`: they wrote after it was on their device, quoting it or simply next. */
export type OutgoingState =
  | { state: 'waiting'; uploadedBytes?: number; totalBytes?: number }
  | { state: 'relayed'; atMs: number }
  | { state: 'delivered'; atMs: number }
  | { state: 'opened'; atMs: number }
  | { state: 'answered'; atMs: number }
  | { state: 'expired'; atMs: number }
  /** Kept here. `identity_changed` waits for the person's decision; the others offer a retry. */
  | { state: 'failed'; code: SendFailureCode; atMs: number }

export type SendFailureCode =
  | 'identity_changed'
  | 'not_reachable'
  | 'licence_inactive'
  | 'queue_full'
  | 'refused'

/** When each state was reached; what a tap on a bubble shows. */
export interface StateTimes {
  waitingAtMs: number
  relayedAtMs?: number
  deliveredAtMs?: number
  openedAtMs?: number
  answeredAtMs?: number
}

export interface Quote {
  messageId: MessageId
  excerpt: string
}

export type MessageBody =
  | { kind: 'text'; text: string }
  | {
      kind: 'photo'
      width: number
      height: number
      bytes: number
      caption?: string
      /** A tiny JPEG to show until the photo is there. */
      preview?: Uint8Array
      /** Whether the photo is stored on this device already. */
      here: boolean
    }
  /** Arrived but could not be read: asked for again by itself. `sentAgainAskedAtMs` is when. */
  | { kind: 'unreadable'; sentAgainAskedAtMs?: number }
  /** Of a kind this version does not know. */
  | { kind: 'unsupported' }
  /** Says that the other person's identity key changed. */
  | { kind: 'identity_changed' }

export interface MessageView {
  id: MessageId
  conversationId: ConversationId
  direction: 'in' | 'out' | 'note'
  body: MessageBody
  /** Writer's clock for what was sent, the relay's receipt time for what came. */
  atMs: number
  patientTag?: string
  answerByMs?: number
  quote?: Quote
  /** Only for `out`. */
  outgoing?: OutgoingState
  times?: StateTimes
}

export interface InboxRow {
  conversationId: ConversationId
  person: DirectoryPerson
  lastMessage?: MessageView
  draft?: string
  unread: number
  /** Their last message waits for an answer of ours. */
  toAnswer: boolean
  /** The nearest deadline among what waits for us. */
  answerByMs?: number
  latestAtMs: number
}

export interface ConversationView {
  conversationId: ConversationId
  person: DirectoryPerson
  proof: Proof
  verified: boolean
  /** The identity key changed and nobody decided yet: nothing is sent. */
  identityChanged: boolean
  blocked: boolean
  /** Oldest first. */
  messages: MessageView[]
  hasEarlier: boolean
  unread: number
}

/** The own account as the relay last said, and which of its devices this one is. */
export type OwnAccountHere = OwnAccount & { thisDeviceId: DeviceId }

export interface SafetyNumber {
  /** 60 digits. */
  digits: string
  /** What the QR holds; compare by scanning the other's. */
  scannable: Uint8Array
  verified: boolean
}

export interface WriteOptions {
  patientTag?: string
  answerByMs?: number
  quote?: Quote
}

/** What is being written and not sent yet; a chosen photo is kept beside it. */
export interface Draft extends WriteOptions {
  text: string
}

/** A photo that was chosen and not sent yet, with all that is in its file: it stays on this device, sealed. */
export interface ChosenPhoto {
  bytes: Uint8Array
  name: string
  /** Media type, empty when the system gave none. */
  type: string
}

/**
 * What the service of therapeutic links says of a patient and the colleague of a conversation. `excluded`: the patient
 * does not want this colleague to know anything.
 */
export type PatientCheck = 'link' | 'no_link' | 'excluded' | 'unavailable' | 'not_a_number'

export type Language = 'fr' | 'nl' | 'en' | 'de'
export type Theme = 'system' | 'light' | 'dark'

export interface Settings {
  language: Language
  theme: Theme
  /** Whether others are told when their messages were opened. Off at first. */
  receipts: boolean
  /** Minutes without a touch until the PIN is asked again. */
  lockAfterMinutes: number
  notifications: 'off' | 'on'
}

export type StorageState = { persisted: boolean; usedBytes?: number; quotaBytes?: number }

/** What the local search found: people written to, and messages. */
export interface LocalSearchResult {
  people: InboxRow[]
  messages: { message: MessageView; person: DirectoryPerson }[]
}

export interface Messenger {
  readonly localId: LocalAccountId
  connection: Live<ConnectionState>
  settings: Live<Settings>
  storage: Live<StorageState>
  /** Most urgent first: deadlines, then unanswered, then latest. */
  inbox: Live<InboxRow[]>
  account: Live<OwnAccountHere>
  /** People kept at hand, as the directory had them when they were starred; the first starred first. */
  favourites: Live<DirectoryPerson[]>
  /** Who asks this person to answer for them, undecided ones first, and for whom they answer. */
  guarantees: Live<GuaranteeList>
  /**
   * The latest `limit` messages, and every change to them. Ask again with a larger limit for earlier ones. Null while
   * there is no such conversation on this device: a wrong or an old address.
   */
  conversation(conversationId: ConversationId, limit: number): Live<ConversationView | null>

  searchPeople(query: DirectoryQuery): Promise<DirectoryPage>
  searchLocal(text: string): Promise<LocalSearchResult>
  setFavourite(person: DirectoryPerson, isFavourite: boolean): Promise<void>
  /** Throws `not_reachable`. */
  openConversation(personId: PersonId): Promise<ConversationId>

  /** Resolves when it is durable on this device; sending goes on by itself. */
  sendText(conversationId: ConversationId, text: string, options?: WriteOptions): Promise<MessageId>
  /** Re-encodes first: no metadata leaves. Throws `photo_unreadable`, `photo_heic_unsupported`, `photo_too_large`, `photo_metadata`. */
  sendPhoto(
    conversationId: ConversationId,
    photo: { bytes: Uint8Array; caption?: string },
    options?: WriteOptions,
  ): Promise<MessageId>
  retry(messageId: MessageId): Promise<void>
  /** Takes back what is still waiting here; false when it had already gone. */
  cancel(messageId: MessageId): Promise<boolean>
  /** Hides now, erases after `undoMs` (8 s) unless `restore` is called. */
  deleteForMe(messageId: MessageId): Promise<{ undoMs: number }>
  restore(messageId: MessageId): Promise<void>
  photo(messageId: MessageId): Promise<Uint8Array>
  /** Survives all that the store survives; gone with the commit that sends it, or when nothing is left in it. */
  saveDraft(conversationId: ConversationId, draft: Draft): Promise<void>
  draft(conversationId: ConversationId): Promise<Draft | undefined>
  /** As it was chosen, kept like a draft; undefined takes it back. One above 40 MiB is not kept: it cannot be sent. */
  saveDraftPhoto(conversationId: ConversationId, photo: ChosenPhoto | undefined): Promise<void>
  draftPhoto(conversationId: ConversationId): Promise<ChosenPhoto | undefined>
  /** The person looked at the conversation up to here: unread goes to nought, receipts go out if they are on. */
  markOpened(conversationId: ConversationId): Promise<void>

  /**
   * Asks the service itself, never through the relay; the number is kept nowhere. `unavailable` too where there is no
   * such service. Never throws.
   */
  checkPatient(conversationId: ConversationId, typedNumber: string): Promise<PatientCheck>

  safetyNumber(conversationId: ConversationId): Promise<SafetyNumber>
  /** Throws `safety_number_unreadable`, `safety_number_version`. */
  compareScanned(conversationId: ConversationId, scanned: Uint8Array): Promise<boolean>
  setVerified(conversationId: ConversationId, verified: boolean): Promise<void>
  /** The person decided to go on with the changed identity key: waiting messages go. */
  acceptIdentity(conversationId: ConversationId): Promise<void>
  setBlocked(conversationId: ConversationId, blocked: boolean): Promise<void>

  /** `checkCode`: the six digits, as the person said them. Throws `code_invalid`, `guarantor_full`, `conflict`. */
  acceptGuarantee(decision: { guaranteeId: GuaranteeId; checkCode: string; reason?: string }): Promise<void>
  refuseGuarantee(decision: { guaranteeId: GuaranteeId; reason: string }): Promise<void>
  /** Throws `conflict` when it is not time yet. */
  renewGuarantee(guaranteeId: GuaranteeId): Promise<void>
  /** The person is cut off at once. */
  revokeGuarantee(decision: { guaranteeId: GuaranteeId; reason: string }): Promise<void>

  updateSettings(change: Partial<Settings>): Promise<void>
  enablePush(subscription: { endpoint: string; keys: { p256dh: string; auth: string } }): Promise<void>
  disablePush(): Promise<void>
  testPush(): Promise<void>
  /** Removing this very device is `signOutAndErase`. */
  removeDevice(deviceId: number): Promise<void>
  setPassword(loginName: string, password: string): Promise<void>
  changePin(current: string, next: string): Promise<void>
  /** Revokes this device and erases its copy. */
  signOutAndErase(): Promise<void>
}
