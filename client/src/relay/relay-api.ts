/**
 * The relay's HTTP face as the client uses it: every route of `protocol/wire`, typed, with coded refusals.
 * Every method throws `ClientError`: the relay's own code, `offline` when it could not be asked, `unavailable`
 * when what answered was not the relay (a captive portal, a proxy). Not concerned with the socket
 * (`connection/`), nor with uploading attachments (`attachments/`).
 */
import type {
  AccountBundles,
  AccountId,
  AttachmentId,
  DirectoryPage,
  DirectoryPerson,
  DirectoryQuery,
  GuaranteeId,
  GuaranteeList,
  GuaranteeRequest,
  KeyCounts,
  LinksToken,
  OwnAccount,
  OwnRequest,
  PersonId,
  PublicAccount,
  PushSubscriptionRequest,
  RegisterDeviceRequest,
  RegisteredDevice,
  RelayConfig,
  SenderCertificateAnswer,
  SignInSession,
  UploadKeysRequest,
} from '@pli/protocol/wire'

/** A sign-in session's token or a device's; which one a route takes is said in `protocol/wire/relay.ts`. */
export type Token = string

export interface OidcStart {
  personId: PersonId
  /** SHA-256 (32 bytes) of the verifier that `redeemTicket` shows. */
  challenge: Uint8Array
  /** Path of this app. */
  returnTo: string
  /** Origin of this app when it is not the relay's. */
  origin?: string
  language: 'fr' | 'nl' | 'en' | 'de'
}

export interface RelayApi {
  /** Without a trailing slash. */
  readonly origin: string
  config(): Promise<RelayConfig>

  /** The address a browser navigates to. Asks nothing. */
  oidcStartUrl(start: OidcStart): string
  redeemTicket(ticket: string, verifier: Uint8Array): Promise<SignInSession>
  redeemCode(personId: PersonId, code: string): Promise<SignInSession>
  passwordSignIn(loginName: string, password: string): Promise<SignInSession>

  askGuarantor(request: GuaranteeRequest): Promise<OwnRequest>
  ownGuaranteeRequest(requestToken: Token): Promise<OwnRequest>
  withdrawGuaranteeRequest(requestToken: Token): Promise<void>
  redeemGuarantee(requestToken: Token): Promise<SignInSession>
  guarantees(deviceToken: Token): Promise<GuaranteeList>
  acceptGuarantee(
    deviceToken: Token,
    guaranteeId: GuaranteeId,
    decision: { checkCode: string; reason?: string },
  ): Promise<void>
  refuseGuarantee(deviceToken: Token, guaranteeId: GuaranteeId, reason: string): Promise<void>
  renewGuarantee(deviceToken: Token, guaranteeId: GuaranteeId): Promise<void>
  revokeGuarantee(deviceToken: Token, guaranteeId: GuaranteeId, reason: string): Promise<void>

  account(token: Token): Promise<OwnAccount>
  deleteAccount(token: Token): Promise<void>
  setPassword(token: Token, loginName: string, password: string): Promise<void>

  registerDevice(sessionToken: Token, request: RegisterDeviceRequest): Promise<RegisteredDevice>
  removeDevice(token: Token, deviceId: number): Promise<void>
  /** Needs no other token; answered alike whether there was such a device or not. */
  revokeDevice(revocationToken: string): Promise<void>

  uploadKeys(deviceToken: Token, request: UploadKeysRequest): Promise<void>
  keyCounts(deviceToken: Token): Promise<KeyCounts>
  certificate(deviceToken: Token): Promise<SenderCertificateAnswer>
  publicAccount(deviceToken: Token, accountId: AccountId): Promise<PublicAccount>
  /** Uses up one-time prekeys of the account's devices: ask only when about to send. */
  bundles(deviceToken: Token, accountId: AccountId): Promise<AccountBundles>

  /** With a device token, rows carry `accountId` for whoever can be written to. */
  searchPeople(query: DirectoryQuery, deviceToken?: Token): Promise<DirectoryPage>
  person(personId: PersonId, deviceToken?: Token): Promise<DirectoryPerson>

  /**
   * The ciphertext from byte `offset` on, as it comes. `attachment_gone` when the relay has it no more. Stops with
   * an `AbortError` when `signal` says so.
   */
  downloadAttachment(
    deviceToken: Token,
    attachmentId: AttachmentId,
    options?: { offset?: number; signal?: AbortSignal },
  ): AsyncIterable<Uint8Array>

  /** For the service of therapeutic links and the key of this thumbprint alone. */
  linksToken(deviceToken: Token, keyThumbprint: string): Promise<LinksToken>

  setPush(deviceToken: Token, subscription: PushSubscriptionRequest): Promise<void>
  removePush(deviceToken: Token): Promise<void>
  testPush(deviceToken: Token): Promise<void>
}
