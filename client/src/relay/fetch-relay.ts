/**
 * `RelayApi` over `fetch`: one request, one answer, parsed at this edge and trusted inside.
 * Not concerned with retrying: whoever calls knows whether that is safe.
 */
import {
  type AccountId,
  accountBundles,
  answer,
  directoryPage,
  directoryPerson,
  guaranteeList,
  keyCounts,
  limits,
  linksToken,
  ownAccount,
  ownRequest,
  publicAccount,
  pushSubscription,
  registerDeviceRequest,
  registeredDevice,
  relayConfig,
  routes,
  senderCertificate,
  signInSession,
  toBase64Url,
  uploadKeysRequest,
} from '@pli/protocol/wire'
import { z } from 'zod'
import { ClientError } from '../errors.ts'
import { hasCalendarTimes } from './calendar-time.ts'
import { downloadFrom } from './download.ts'
import { readBody } from './read-body.ts'
import { refused } from './refusals.ts'
import type { OidcStart, RelayApi, Token } from './relay-api.ts'

const REQUEST_TIMEOUT_MS = 20_000
const nothing = z.object({})

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
interface Request {
  method: Method
  path: string
  token?: Token | undefined
  body?: unknown
}

/** `origin`: of the relay, such as `https://relay.example`. */
export function createRelayApi(origin: string): RelayApi {
  const base = origin.replace(/\/+$/, '')
  const ask = <T extends z.ZodType>(shape: T, request: Request): Promise<z.output<T>> =>
    askRelay(base, shape, request)
  const tell = async (request: Request): Promise<void> => {
    await ask(nothing, request)
  }
  return {
    origin: base,
    config: () => ask(relayConfig, { method: 'GET', path: routes.config }),
    oidcStartUrl: (start) => `${base}${routes.oidcStart}?${oidcQuery(start)}`,
    redeemTicket: (ticket, verifier) =>
      ask(signInSession, {
        method: 'POST',
        path: routes.redeemTicket,
        body: { ticket, verifier: toBase64Url(verifier) },
      }),
    redeemCode: (personId, code) =>
      ask(signInSession, { method: 'POST', path: routes.redeemCode, body: { personId, code } }),
    passwordSignIn: (loginName, password) =>
      ask(signInSession, { method: 'POST', path: routes.passwordSignIn, body: { loginName, password } }),
    askGuarantor: (body) => ask(ownRequest, { method: 'POST', path: routes.guarantees, body }),
    ownGuaranteeRequest: (token) => ask(ownRequest, { method: 'GET', path: routes.ownRequest, token }),
    withdrawGuaranteeRequest: (token) => tell({ method: 'DELETE', path: routes.ownRequest, token }),
    redeemGuarantee: (requestToken) =>
      ask(signInSession, { method: 'POST', path: routes.redeemGuarantee, body: { requestToken } }),
    guarantees: (token) => ask(guaranteeList, { method: 'GET', path: routes.guarantees, token }),
    acceptGuarantee: (token, id, body) =>
      tell({ method: 'POST', path: routes.guaranteeAccept(id), token, body }),
    refuseGuarantee: (token, id, reason) =>
      tell({ method: 'POST', path: routes.guaranteeRefuse(id), token, body: { reason } }),
    renewGuarantee: (token, id) => tell({ method: 'POST', path: routes.guaranteeRenew(id), token, body: {} }),
    revokeGuarantee: (token, id, reason) =>
      tell({ method: 'POST', path: routes.guaranteeRevoke(id), token, body: { reason } }),
    account: (token) => ask(ownAccount, { method: 'GET', path: routes.account, token }),
    deleteAccount: (token) => tell({ method: 'DELETE', path: routes.account, token }),
    setPassword: (token, loginName, password) =>
      tell({ method: 'PUT', path: routes.accountPassword, token, body: { loginName, password } }),
    registerDevice: (token, request) =>
      ask(registeredDevice, {
        method: 'POST',
        path: routes.devices,
        token,
        body: z.encode(registerDeviceRequest, request),
      }),
    removeDevice: (token, deviceId) => tell({ method: 'DELETE', path: routes.device(deviceId), token }),
    revokeDevice: (revocationToken) =>
      tell({ method: 'POST', path: routes.revokeDevice, body: { revocationToken } }),
    uploadKeys: (token, request) =>
      tell({ method: 'PUT', path: routes.keys, token, body: z.encode(uploadKeysRequest, request) }),
    keyCounts: (token) => ask(keyCounts, { method: 'GET', path: routes.keys, token }),
    certificate: (token) => ask(senderCertificate, { method: 'GET', path: routes.certificate, token }),
    publicAccount: async (token, accountId) =>
      about(
        accountId,
        await ask(publicAccount, { method: 'GET', path: routes.publicAccount(accountId), token }),
      ),
    bundles: async (token, accountId) =>
      about(accountId, await ask(accountBundles, { method: 'GET', path: routes.bundles(accountId), token })),
    searchPeople: (query, token) =>
      ask(directoryPage, { method: 'GET', path: `${routes.people}?${queryString(query)}`, token }),
    person: (personId, token) =>
      ask(directoryPerson, { method: 'GET', path: routes.person(personId), token }),
    downloadAttachment: (token, attachmentId, options) =>
      downloadFrom(`${base}${routes.attachment(attachmentId)}`, token, options),
    linksToken: (token, keyThumbprint) =>
      ask(linksToken, { method: 'POST', path: routes.linksToken, token, body: { keyThumbprint } }),
    setPush: (token, subscription) =>
      tell({ method: 'PUT', path: routes.push, token, body: z.encode(pushSubscription, subscription) }),
    removePush: (token) => tell({ method: 'DELETE', path: routes.push, token }),
    testPush: (token) => tell({ method: 'POST', path: routes.pushTest, token }),
  }
}

async function askRelay<T extends z.ZodType>(base: string, shape: T, request: Request): Promise<z.output<T>> {
  const headers = new Headers({ accept: 'application/json' })
  if (request.token !== undefined) headers.set('authorization', `Bearer ${request.token}`)
  if (request.body !== undefined) headers.set('content-type', 'application/json')
  const body = await readJson(`${base}${request.path}`, {
    method: request.method,
    headers,
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  })
  const parsed = answer(shape).safeParse(body)
  if (!parsed.success) throw new ClientError('unavailable')
  // The compiler cannot follow a generic through the union; the parse above has just established it.
  const answered = parsed.data as { ok: true; value: z.output<T> } | Parameters<typeof refused>[0]
  if (!answered.ok) throw refused(answered, Date.now())
  if (!hasCalendarTimes(answered.value)) throw new ClientError('unavailable')
  return answered.value
}

/** An answer about anybody but who was asked for, or with more devices than an account has, is none. */
function about<T extends { accountId: AccountId; devices: readonly unknown[] }>(
  asked: AccountId,
  answered: T,
): T {
  const { accountId, devices } = answered
  if (accountId !== asked || devices.length > limits.devicesPerAccount) throw new ClientError('unavailable')
  return answered
}

/** The answer's JSON; undefined when it was none. Throws `offline`. */
async function readJson(url: string, init: RequestInit): Promise<unknown> {
  let text: string
  try {
    text = await readBody(await fetch(url, init))
  } catch (cause) {
    if (cause instanceof ClientError) throw cause
    throw new ClientError('offline', { cause })
  }
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function oidcQuery(start: OidcStart): string {
  const query = new URLSearchParams({
    personId: start.personId,
    challenge: toBase64Url(start.challenge),
    returnTo: start.returnTo,
    language: start.language,
  })
  if (start.origin !== undefined) query.set('origin', start.origin)
  return query.toString()
}

function queryString(query: object): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  return new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()
}
