/** A messenger in memory, for looking at screens and for their tests: no keys, no network, nothing sealed. */
import type {
  ChosenPhoto,
  ConnectionState,
  ConversationId,
  ConversationView,
  Draft,
  InboxRow,
  Live,
  LocalAccount,
  LocalAccountId,
  MessageView,
  Messenger,
  OwnAccountHere,
  PatientCheck,
  PendingRegistration,
  Pli,
  SafetyNumber,
  Settings,
} from '@pli/client'
import type { MessageId } from '@pli/protocol/content'
import type {
  AccountId,
  DeviceId,
  DirectoryPerson,
  DirectoryQuery,
  Guarantee,
  GuaranteeId,
  GuaranteeList,
  OwnRequest,
  PersonId,
} from '@pli/protocol/wire'
import { conversationWith, makeConversations, nextMessageId, rowsOf } from './messages.ts'
import { anneSophie, everybody, ines } from './people.ts'
import { drawWound } from './wound.ts'

export class Held<T> implements Live<T> {
  private value: T | undefined
  private readonly listeners = new Set<() => void>()
  constructor(value?: T) {
    this.value = value
  }
  get() {
    return this.value
  }
  set(value: T) {
    this.value = value
    for (const listener of this.listeners) listener()
  }
  subscribe(listener: () => void) {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

export interface Scene {
  settings: Partial<Settings>
  connection: ConnectionState
  empty: boolean
  loading: boolean
  keyChanged: boolean
  blocked: boolean
  accounts: number
  wrongPins: number
  directoryFails: boolean
  existingDevice: boolean
  /** The account that is proven is on this device already. */
  alreadyHere: boolean
  /** Somebody who is not in the directory asks, and somebody else was let in. */
  asked: boolean
  /** How this device's own request stands. */
  ownRequest: OwnRequest['state'] | undefined
}

function makeGuarantees(): Guarantee[] {
  const applicant = {
    lastName: 'Desplechin-Vermeulen',
    firstName: 'Aurore',
    profession: 'Interne en pharmacie hospitalière',
    organisation: 'Clinique du Parc Malou',
    place: '1200 Woluwe-Saint-Lambert',
  }
  const [id, other] = ['a'.repeat(32), 'b'.repeat(32)] as [GuaranteeId, GuaranteeId]
  const now = Date.now()
  const common = { requestedAtMs: now - 3_600_000, personId: 'vouched-a' as PersonId }
  return [
    {
      ...{ ...common, guaranteeId: id, state: 'pending' as const, applicant },
      ...{ endsAtMs: now + 30 * 86_400_000, renewable: false },
    },
    {
      ...{ ...common, guaranteeId: other, state: 'approved' as const },
      applicant: { ...applicant, lastName: 'Vanderstichelen', firstName: 'Océane' },
      ...{ endsAtMs: now + 30 * 86_400_000, renewable: true },
    },
  ]
}

function makeOwnRequest(state: OwnRequest['state']): OwnRequest {
  const [pending] = makeGuarantees()
  const { applicant, endsAtMs, guaranteeId } = pending!
  return {
    ...{ guaranteeId, state, applicant, endsAtMs },
    guarantor: { personId: 'p1' as PersonId, firstName: 'Nathalie', lastName: 'Van den Berghe' },
    ...(state === 'pending' ? { checkCode: '482913' } : {}),
    ...(state === 'refused' ? { reason: 'Nous ne nous connaissons pas.' } : {}),
  }
}

/** What the messenger throws, as it looks after crossing a worker: a plain object. */
function refusal(code: string, more: object = {}) {
  return Object.assign(new Error(code), { code, ...more })
}

const RIGHT_PIN = '271828'
const fold = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
const later = (ms: number) => new Promise((done) => setTimeout(done, ms))

export function searchPeople(scene: Scene, query: DirectoryQuery) {
  if (scene.directoryFails) return Promise.reject(refusal('offline'))
  const words = fold(`${query.q ?? ''} ${query.place ?? ''}`)
    .split(/\s+/)
    .filter(Boolean)
  const rows = everybody.filter((person) => {
    const role = person.roles[0]
    if (query.profession && role?.profession !== query.profession) return false
    const all = fold(
      `${person.firstName} ${person.lastName} ${role?.organisation} ${role?.place.fr} ${role?.place.nl}`,
    )
    return words.every((word) => all.split(/[\s-]+/).some((part) => part.startsWith(word)))
  })
  return later(60).then(() => ({ rows, total: rows.length }))
}

export class FakeMessenger implements Messenger {
  readonly localId = 'local-1' as LocalAccountId
  readonly connection: Held<ConnectionState>
  readonly settings: Held<Settings>
  readonly storage = new Held({ persisted: false, usedBytes: 48_000_000, quotaBytes: 2_100_000_000 })
  readonly inbox = new Held<InboxRow[]>()
  readonly account = new Held<OwnAccountHere>(ownAccount())
  readonly favourites = new Held<DirectoryPerson[]>([])
  readonly guarantees = new Held<GuaranteeList>()
  /** What was asked of it, for tests. */
  readonly calls: { name: string; args: unknown[] }[] = []
  private readonly conversations = new Map<ConversationId, Held<ConversationView>>()
  private readonly drafts = new Map<ConversationId, Draft>()
  private readonly draftPhotos = new Map<ConversationId, ChosenPhoto | undefined>()
  private readonly removed = new Map<MessageId, MessageView>()
  private readonly verified = new Set<ConversationId>()

  private readonly noConversation = new Held<ConversationView | null>(null)

  private readonly scene: Scene
  constructor(scene: Scene) {
    this.scene = scene
    this.connection = new Held(scene.connection)
    this.settings = new Held<Settings>({
      language: 'fr',
      theme: 'system',
      receipts: false,
      lockAfterMinutes: 60,
      notifications: 'off',
      ...scene.settings,
    })
    if (scene.asked) this.guarantees.set({ guarantees: makeGuarantees(), activeAtMost: 20 })
    if (scene.loading) return
    const keyChanged = { identityChanged: scene.keyChanged, blocked: scene.blocked }
    for (const view of scene.empty ? [] : makeConversations()) {
      const messages = scene.keyChanged ? [...view.messages, keyNote(view.conversationId)] : view.messages
      this.conversations.set(view.conversationId, new Held({ ...view, ...keyChanged, messages }))
    }
    if (ines.accountId && !scene.empty)
      this.drafts.set(ines.accountId, { text: 'Bonjour Inès, pour la visite de jeudi' })
    this.refresh()
  }

  async acceptGuarantee(decision: Parameters<Messenger['acceptGuarantee']>[0]) {
    this.note('acceptGuarantee', decision)
    await later(50)
    if (decision.checkCode.replaceAll(' ', '') !== '482913') throw refusal('code_invalid')
    this.decide(decision.guaranteeId, 'approved')
  }
  async refuseGuarantee({ guaranteeId }: Parameters<Messenger['refuseGuarantee']>[0]) {
    this.decide(guaranteeId, 'refused')
  }
  async renewGuarantee() {}
  async revokeGuarantee({ guaranteeId }: Parameters<Messenger['revokeGuarantee']>[0]) {
    this.decide(guaranteeId, 'revoked')
  }
  private decide(guaranteeId: GuaranteeId, state: Guarantee['state']) {
    const list = this.guarantees.get() ?? { guarantees: [], activeAtMost: 20 }
    const guarantees = list.guarantees.map((one) =>
      one.guaranteeId === guaranteeId ? { ...one, state } : one,
    )
    this.guarantees.set({ ...list, guarantees })
  }

  private note(name: string, ...args: unknown[]) {
    this.calls.push({ name, args })
  }

  private refresh() {
    const views = [...this.conversations.values()].flatMap((held) => held.get() ?? [])
    this.inbox.set(rowsOf(views, this.drafts))
  }

  private change(
    conversationId: ConversationId,
    edit: (view: ConversationView) => Partial<ConversationView>,
  ) {
    const held = this.conversations.get(conversationId)
    const view = held?.get()
    if (held && view) held.set({ ...view, ...edit(view) })
    this.refresh()
  }

  private conversationOf(messageId: MessageId): ConversationId {
    for (const [id, held] of this.conversations) {
      if (held.get()?.messages.some((message) => message.id === messageId)) return id
    }
    throw refusal('not_found')
  }

  conversation(conversationId: ConversationId, _limit: number): Live<ConversationView | null> {
    const known = this.conversations.get(conversationId)
    return known ?? (this.scene.loading ? new Held<ConversationView>() : this.noConversation)
  }
  searchPeople(query: DirectoryQuery) {
    return searchPeople(this.scene, query)
  }
  async searchLocal(text: string) {
    const rows = this.inbox.get() ?? []
    const people = rows.filter((row) =>
      fold(`${row.person.firstName} ${row.person.lastName}`).includes(fold(text)),
    )
    const messages = [...this.conversations.values()].flatMap((held) => {
      const view = held.get()
      if (!view) return []
      return view.messages
        .filter((message) => message.body.kind === 'text' && fold(message.body.text).includes(fold(text)))
        .map((message) => ({ message, person: view.person }))
    })
    return { people, messages }
  }
  async setFavourite(person: DirectoryPerson, isFavourite: boolean) {
    const others = (this.favourites.get() ?? []).filter(({ personId }) => personId !== person.personId)
    this.favourites.set(isFavourite ? [...others, person] : others)
  }
  async openConversation(personId: PersonId) {
    await later(40)
    const person = everybody.find((one) => one.personId === personId)
    if (!person?.accountId) throw refusal('not_reachable')
    if (!this.conversations.has(person.accountId)) {
      this.conversations.set(person.accountId, new Held(conversationWith(person, [])))
    }
    return person.accountId
  }
  async sendText(conversationId: ConversationId, text: string, options = {}) {
    this.note('sendText', conversationId, text, options)
    return this.send(conversationId, { kind: 'text', text }, options)
  }
  async sendPhoto(
    conversationId: ConversationId,
    photo: { bytes: Uint8Array; caption?: string },
    options = {},
  ) {
    this.note('sendPhoto', conversationId, photo, options)
    const caption = photo.caption === undefined ? {} : { caption: photo.caption }
    const body = {
      kind: 'photo' as const,
      width: 1200,
      height: 800,
      bytes: photo.bytes.length,
      here: true,
      ...caption,
    }
    return this.send(conversationId, body, options)
  }
  private send(conversationId: ConversationId, body: MessageView['body'], options: object) {
    this.draftPhotos.delete(conversationId)
    const id = nextMessageId()
    const atMs = Date.now()
    const message: MessageView = {
      id,
      conversationId,
      direction: 'out',
      atMs,
      body,
      outgoing: { state: 'waiting' },
      times: { waitingAtMs: atMs },
      ...options,
    }
    this.change(conversationId, (view) => ({ messages: [...view.messages, message] }))
    if (this.connection.get()?.state === 'online') {
      setTimeout(
        () => this.moveOn(message, { state: 'relayed', atMs: Date.now() }, { relayedAtMs: Date.now() }),
        500,
      )
      setTimeout(
        () => this.moveOn(message, { state: 'delivered', atMs: Date.now() }, { deliveredAtMs: Date.now() }),
        1200,
      )
    }
    return id
  }
  private moveOn(message: MessageView, outgoing: NonNullable<MessageView['outgoing']>, times: object) {
    this.change(message.conversationId, (view) => ({
      messages: view.messages.map((one) =>
        one.id === message.id
          ? { ...one, outgoing, times: { waitingAtMs: message.atMs, ...one.times, ...times } }
          : one,
      ),
    }))
  }
  async retry(messageId: MessageId) {
    const id = this.conversationOf(messageId)
    const message = this.conversations
      .get(id)
      ?.get()
      ?.messages.find((one) => one.id === messageId)
    if (message) this.moveOn(message, { state: 'waiting' }, {})
  }
  async cancel(messageId: MessageId) {
    const id = this.conversationOf(messageId)
    this.change(id, (view) => ({ messages: view.messages.filter((one) => one.id !== messageId) }))
    return true
  }
  async deleteForMe(messageId: MessageId) {
    const id = this.conversationOf(messageId)
    const message = this.conversations
      .get(id)
      ?.get()
      ?.messages.find((one) => one.id === messageId)
    if (message) this.removed.set(messageId, message)
    this.change(id, (view) => ({ messages: view.messages.filter((one) => one.id !== messageId) }))
    return { undoMs: 8000 }
  }
  async restore(messageId: MessageId) {
    const message = this.removed.get(messageId)
    if (!message) return
    this.change(message.conversationId, (view) => ({
      messages: [...view.messages, message].sort((a, b) => a.atMs - b.atMs),
    }))
  }
  async photo(_messageId: MessageId) {
    await later(80)
    return drawWound()
  }
  async saveDraftPhoto(conversationId: ConversationId, photo: ChosenPhoto | undefined) {
    this.note('saveDraftPhoto', conversationId, photo && { name: photo.name, bytes: photo.bytes.length })
    this.draftPhotos.set(conversationId, photo)
  }
  async draftPhoto(conversationId: ConversationId) {
    return this.draftPhotos.get(conversationId)
  }
  async saveDraft(conversationId: ConversationId, draft: Draft) {
    this.note('saveDraft', conversationId, draft)
    this.drafts.set(conversationId, draft)
    this.refresh()
  }
  async draft(conversationId: ConversationId) {
    return this.drafts.get(conversationId)
  }
  async markOpened(conversationId: ConversationId) {
    this.note('markOpened', conversationId)
    this.change(conversationId, () => ({ unread: 0 }))
  }
  async safetyNumber(conversationId: ConversationId): Promise<SafetyNumber> {
    return {
      digits: '045128830761945207369331047728155608209436617702514889309462',
      scannable: Uint8Array.from({ length: 80 }, (_, at) => (at * 37 + 11) % 256),
      verified: this.verified.has(conversationId),
    }
  }
  async compareScanned() {
    return false
  }
  async setVerified(conversationId: ConversationId, verified: boolean) {
    if (verified) this.verified.add(conversationId)
    else this.verified.delete(conversationId)
    this.change(conversationId, () => ({ verified }))
  }
  async acceptIdentity(conversationId: ConversationId) {
    this.change(conversationId, () => ({ identityChanged: false }))
  }
  async setBlocked(conversationId: ConversationId, blocked: boolean) {
    this.change(conversationId, () => ({ blocked }))
  }
  async updateSettings(change: Partial<Settings>) {
    const settings = this.settings.get()
    if (settings) this.settings.set({ ...settings, ...change })
  }
  async enablePush() {
    await later(100)
  }
  async disablePush() {
    await later(100)
  }
  async checkPatient(): Promise<PatientCheck> {
    await later(100)
    return 'no_link'
  }
  async testPush() {
    await later(100)
  }
  async removeDevice(deviceId: number) {
    this.note('removeDevice', deviceId)
    const account = this.account.get()
    if (account)
      this.account.set({ ...account, devices: account.devices.filter((d) => d.deviceId !== deviceId) })
  }
  async setPassword(loginName: string) {
    const account = this.account.get()
    if (account) this.account.set({ ...account, loginName })
  }
  async changePin(current: string) {
    if (current !== RIGHT_PIN) throw refusal('pin_wrong', { triesLeft: 9 })
  }
  async signOutAndErase() {
    this.note('signOutAndErase')
    await later(200)
  }
}

function keyNote(conversationId: ConversationId): MessageView {
  const body = { kind: 'identity_changed' as const }
  return { id: nextMessageId(), conversationId, direction: 'note', atMs: Date.now(), body }
}

function ownAccount(): OwnAccountHere {
  const device = (deviceId: number, name: string, lastSeenDay: string) => ({
    deviceId: deviceId as DeviceId,
    name,
    createdAtMs: Date.now() - 8e9,
    lastSeenDay,
  })
  return {
    accountId: anneSophie.accountId as AccountId,
    person: anneSophie,
    proof: { kind: 'oidc', atMs: Date.now() - 8e9 },
    thisDeviceId: 1 as DeviceId,
    devices: [device(1, 'Téléphone', '2026-11-21'), device(2, 'Ordinateur du cabinet', '2026-11-20')],
  }
}

export class FakePli implements Pli {
  readonly accounts: Held<LocalAccount[]>
  private readonly messengers = new Map<LocalAccountId, FakeMessenger>()
  private pending: PendingRegistration | undefined
  private readonly scene: Scene

  constructor(scene: Scene) {
    this.scene = scene
    const names = ['Dr Anne-Sophie Lemaire', 'Nathalie Van den Berghe', 'Kévin Oulad-Haddou'].slice(
      0,
      scene.accounts,
    )
    const professions = ['PHYSICIAN', 'PHARMACIST', 'NURSE'] as const
    const places = ['Woluwe-Saint-Pierre', 'Woluwe-Saint-Lambert', 'Auderghem']
    this.accounts = new Held(
      names.map((displayName, at) => ({
        localId: `local-${at + 1}` as LocalAccountId,
        displayName,
        profession: professions[at] ?? 'PHYSICIAN',
        placeName: places[at] ?? '',
        unlocked: false,
        triesLeft: 10 - scene.wrongPins,
        ...(scene.wrongPins > 4 && { nextTryAtMs: Date.now() + 25_000 }),
      })),
    )
  }
  async relayConfig() {
    return {
      version: '0.1.0',
      serverTimeMs: Date.now(),
      trustRoots: [new Uint8Array(33)],
      vapidPublicKey: new Uint8Array(65),
      sourceUrl: 'https://source.example.test/pli',
      sandbox: {
        people: [
          {
            personId: 'p7' as PersonId,
            slug: 'anne-sophie',
            displayName: 'Anne-Sophie Lemaire',
            profession: 'PHYSICIAN' as const,
            place: {
              postcode: '1150',
              nsi: '21019',
              nl: 'Sint-Pieters-Woluwe',
              fr: 'Woluwe-Saint-Pierre',
            },
          },
          {
            personId: 'p1' as PersonId,
            slug: 'nathalie',
            displayName: 'Nathalie Van den Berghe',
            profession: 'PHARMACIST' as const,
            place: {
              postcode: '1200',
              nsi: '21018',
              nl: 'Sint-Lambrechts-Woluwe',
              fr: 'Woluwe-Saint-Lambert',
            },
          },
        ],
      },
    }
  }
  searchDirectory(query: DirectoryQuery) {
    return searchPeople(this.scene, query)
  }
  async beginSignIn() {
    await later(50)
    return { url: '#ticket=preview' }
  }
  async completeSignIn(ticket: string) {
    if (ticket === 'used') throw refusal('ticket_invalid')
    return this.prove()
  }
  async redeemCode({ code }: { code: string }) {
    await later(50)
    if (code.startsWith('0')) throw refusal('code_invalid')
    return this.prove()
  }
  private ownRequest: OwnRequest | undefined
  async askGuarantor() {
    await later(50)
    this.ownRequest = makeOwnRequest('pending')
    return this.ownRequest
  }
  async guaranteeRequest() {
    const { ownRequest: state } = this.scene
    return this.ownRequest ?? (state && makeOwnRequest(state))
  }
  async forgetGuaranteeRequest() {
    this.ownRequest = undefined
    this.scene.ownRequest = undefined
  }
  async redeemGuarantee() {
    return this.prove()
  }
  private prove(): PendingRegistration {
    const existingDevices = this.scene.existingDevice
      ? [{ name: 'Téléphone', lastSeenDay: '2026-11-18' }]
      : []
    const here = this.scene.alreadyHere ? { alreadyHere: 'local-1' as LocalAccountId } : {}
    this.pending = { pendingId: 'pending', person: anneSophie, existingDevices, ...here }
    return this.pending
  }
  async pendingRegistration() {
    return this.pending
  }
  async abandonRegistration() {
    this.pending = undefined
  }
  async register({ replaceExisting }: Parameters<Pli['register']>[0]) {
    await later(300)
    if (this.scene.existingDevice && !replaceExisting) throw refusal('device_exists')
    return 'local-1' as LocalAccountId
  }
  async unlock(localId: LocalAccountId, pin: string) {
    await later(100)
    if (pin === RIGHT_PIN) return
    const accounts = this.accounts.get() ?? []
    const triesLeft = (accounts.find((one) => one.localId === localId)?.triesLeft ?? 10) - 1
    this.accounts.set(accounts.map((one) => (one.localId === localId ? { ...one, triesLeft } : one)))
    throw refusal('pin_wrong', { triesLeft })
  }
  async lock() {}
  messenger(localId: LocalAccountId): FakeMessenger {
    const known = this.messengers.get(localId)
    if (known) return known
    const made = new FakeMessenger(this.scene)
    this.messengers.set(localId, made)
    return made
  }
}
