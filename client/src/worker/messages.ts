/**
 * What passes between a page and the worker that holds its `Pli`: calls, values that are watched, and hints. Plain
 * data that structured clone can carry. Not concerned with who sends it how (`serve.ts`, `connect.ts`).
 */
import type { Live, Messenger, Pli } from '../api.ts'
import { ClientError, type ClientErrorCode } from '../errors.ts'

/** `pli`, or the local id of an unlocked account's messenger. */
export type Target = string
export const PLI_TARGET = 'pli'

export interface StartMessage {
  type: 'start'
  /** Without: the origin that the app came from. */
  relayOrigin?: string
  tabId: string
}

export type ToWorker =
  | StartMessage
  | { type: 'call'; call: number; target: Target; method: string; args: unknown[] }
  | { type: 'watch'; watch: number; target: Target; live: string; args: unknown[] }
  | { type: 'unwatch'; watch: number }
  | { type: 'activity' }
  | { type: 'wake' }

export type FromWorker =
  | { type: 'answer'; call: number; value: unknown }
  | { type: 'refusal'; call: number; error: PlainError }
  | { type: 'value'; watch: number; value: unknown }

export interface PlainError {
  code: ClientErrorCode
  triesLeft?: number
  retryAtMs?: number
}

type Methods<T> = { [K in keyof T]: T[K] extends (...args: never[]) => Promise<unknown> ? K : never }[keyof T]
type Lives<T> = { [K in keyof T]: T[K] extends Live<unknown> ? K : never }[keyof T]

/** A table that must name every key: one that is missing, or one too many, does not compile. */
const all = <K extends string>(table: Record<K, true>): readonly K[] => Object.keys(table) as K[]

export const pliMethods = all<Methods<Pli>>({
  relayConfig: true,
  searchDirectory: true,
  beginSignIn: true,
  completeSignIn: true,
  redeemCode: true,
  askGuarantor: true,
  guaranteeRequest: true,
  forgetGuaranteeRequest: true,
  redeemGuarantee: true,
  pendingRegistration: true,
  abandonRegistration: true,
  register: true,
  unlock: true,
  lock: true,
})

export const messengerMethods = all<Methods<Messenger>>({
  searchPeople: true,
  searchLocal: true,
  setFavourite: true,
  openConversation: true,
  sendText: true,
  sendPhoto: true,
  retry: true,
  cancel: true,
  deleteForMe: true,
  restore: true,
  photo: true,
  saveDraft: true,
  draft: true,
  saveDraftPhoto: true,
  draftPhoto: true,
  markOpened: true,
  checkPatient: true,
  safetyNumber: true,
  compareScanned: true,
  setVerified: true,
  acceptIdentity: true,
  setBlocked: true,
  acceptGuarantee: true,
  refuseGuarantee: true,
  renewGuarantee: true,
  revokeGuarantee: true,
  updateSettings: true,
  enablePush: true,
  disablePush: true,
  testPush: true,
  removeDevice: true,
  setPassword: true,
  changePin: true,
  signOutAndErase: true,
})

export const messengerLives = all<Lives<Messenger>>({
  connection: true,
  settings: true,
  storage: true,
  inbox: true,
  account: true,
  favourites: true,
  guarantees: true,
})

/** A live value that takes arguments. */
export const CONVERSATION = 'conversation'
export const ACCOUNTS = 'accounts'

export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof ClientError)) return { code: 'internal' }
  const { code, triesLeft, retryAtMs } = error
  return {
    code,
    ...(triesLeft === undefined ? {} : { triesLeft }),
    ...(retryAtMs === undefined ? {} : { retryAtMs }),
  }
}

export function fromPlainError({ code, ...detail }: PlainError): ClientError {
  return new ClientError(code, detail)
}
