/** Signing in over real HTTP, with the real identity provider of the sandbox and a browser's cookies. */
import { createHash, randomBytes } from 'node:crypto'
import { generateSandbox } from '@pli/directory/sandbox'
import { registerDeviceRequest, routes, type SignInSession } from '@pli/protocol/wire'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { Browser, type Page } from '../../testing/browser.ts'
import { HttpRelay } from '../../testing/http-relay.ts'
import { registerRequest } from '../../testing/key-material.ts'

let relay: HttpRelay
beforeAll(async () => {
  relay = await HttpRelay.start({ appOrigins: ['https://app.pli.test'] })
})
afterAll(() => relay.end())
afterEach(() => {
  vi.useRealTimers()
})

interface Attempt {
  verifier: string
  browser: Browser
  page: Page
}

/** As far as the provider's login page. */
async function setOut(
  person: string,
  extra: Record<string, string> = {},
  browser = new Browser(),
): Promise<Attempt> {
  const verifier = randomBytes(32)
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const query = new URLSearchParams({
    personId: relay.personIdOf(person),
    challenge,
    returnTo: '/welcome?from=test',
    language: 'fr',
    ...extra,
  })
  browser.stopAt = (url) => url.pathname === '/welcome'
  const page = await browser.get(`${relay.url}${routes.oidcStart}?${query}`)
  return { verifier: verifier.toString('base64url'), browser, page }
}

async function signInAs(
  person: string,
  as = person,
  browser = new Browser(),
): Promise<Attempt & { ticket: string }> {
  const attempt = await setOut(person, {}, browser)
  const page = await attempt.browser.post(attempt.page.url.href, { person: as })
  return { ...attempt, page, ticket: fragmentOf(page).get('ticket') ?? '' }
}

function fragmentOf(page: Page): URLSearchParams {
  return new URLSearchParams(page.url.hash.slice(1))
}

const redeem = (body: object) => relay.codeOf('POST', routes.redeemTicket, { body })

describe('the national sign-in', () => {
  it('brings a person from the app to the provider and back, with a session that may add a device', async () => {
    const { page, ticket, verifier } = await signInAs('nathalie')
    expect(page.url.origin + page.url.pathname + page.url.search).toBe(`${relay.url}/welcome?from=test`)
    const session = await relay.ask<SignInSession>('POST', routes.redeemTicket, {
      body: { ticket, verifier },
    })
    expect(session).toMatchObject({ assurance: 'proof', person: { lastName: 'Van den Berghe' } })
    expect(session.account).toBeUndefined()
    expect(session.expiresAtMs - Date.now()).toBeGreaterThan(14 * 60_000)

    const body = z.encode(registerDeviceRequest, registerRequest())
    const registered = await relay.ask('POST', routes.devices, { token: session.sessionToken, body })
    const account = await relay.ask('GET', routes.account, { token: String(registered.deviceToken) })
    expect(account).toMatchObject({ proof: { kind: 'oidc' }, person: { firstName: 'Nathalie' } })
  })

  it('shows the person that was picked first, in the language of the app, and no script', async () => {
    const { page } = await setOut('kevin', { language: 'nl' })
    expect(page.html).toContain('<html lang="nl">')
    expect(page.html).not.toContain('<script')
    const names = [...page.html.matchAll(/value="([a-z-]+)">/g)].map(([, slug]) => slug)
    expect(names[0]).toBe('kevin')
    expect(names).toContain('nathalie')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  it('speaks to the provider with PKCE, state and nonce, and asks for a fresh login', async () => {
    const { browser } = await setOut('kevin')
    const authorize = new URL(browser.visited.find((url) => url.includes('/auth?')) ?? '')
    expect(authorize.pathname).toBe('/sandbox/iam/realms/healthcare/auth')
    expect(authorize.searchParams.get('code_challenge_method')).toBe('S256')
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(authorize.searchParams.get(name)?.length).toBeGreaterThan(30)
    }
    expect(authorize.searchParams.get('prompt')).toBe('login')
  })

  it('refuses somebody else than the person that was picked, whether they have accounts or not', async () => {
    // Lieven and Inès never had a device here; Nathalie has one.
    for (const [picked, signedIn] of [
      ['lieven', 'ines'],
      ['nathalie', 'ines'],
      ['ines', 'nathalie'],
    ] as const) {
      const { page } = await signInAs(picked, signedIn)
      expect(fragmentOf(page).get('sign-in-error')).toBe('proof_mismatch')
    }
  })

  it('signs a generated person in by directory id, matched by NIHII', async () => {
    const found = await relay.ask<{ rows: { personId: string; roles: { nihii8?: string }[] }[] }>(
      'GET',
      `${routes.people}?profession=PHYSICIAN&limit=50`,
    )
    const other = found.rows.find((row) => row.personId.startsWith('p') && row.roles[0]?.nihii8)
    const { ticket, verifier } = await signInAs(other?.personId ?? '')
    expect(await redeem({ ticket, verifier })).toBe('ok')
  })

  it('shows the page again for a name that nobody has, without believing what was typed', async () => {
    const attempt = await setOut('nathalie')
    const page = await attempt.browser.post(attempt.page.url.href, { person: '"><script>alert(1)</script>' })
    expect(page.status).toBe(422)
    expect(page.html).toContain('role="alert"')
    expect(page.html).not.toContain('<script>')
  })

  it('lets one person after another sign in with the same browser', async () => {
    const { browser } = await signInAs('nathalie')
    for (const next of ['demo-ines', 'demo-lieven']) {
      const { ticket, verifier } = await signInAs(next, next, browser)
      const body = { ticket, verifier }
      const { person } = await relay.ask<SignInSession>('POST', routes.redeemTicket, { body })
      expect(person.personId).toBe(next)
    }
  })

  it('tells the app that the person gave up', async () => {
    const attempt = await setOut('nathalie')
    const page = await attempt.browser.post(attempt.page.url.href, { cancel: 'yes' })
    expect(fragmentOf(page).get('sign-in-error')).toBe('sign_in_refused')
  })

  it('gives a ticket once', async () => {
    const { ticket, verifier } = await signInAs('lieven')
    expect(await redeem({ ticket, verifier })).toBe('ok')
    expect(await redeem({ ticket, verifier })).toBe('ticket_invalid')
  })

  it('gives it only to the app that set out, and spends it on the first wrong verifier', async () => {
    const { ticket, verifier } = await signInAs('lieven')
    expect(await redeem({ ticket, verifier: randomBytes(32).toString('base64url') })).toBe('ticket_invalid')
    expect(await redeem({ ticket, verifier })).toBe('ticket_invalid')
  })

  it('forgets a ticket after a minute', async () => {
    const { ticket, verifier } = await signInAs('lieven')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
    expect(await redeem({ ticket, verifier })).toBe('ticket_invalid')
  })

  it('takes an answer of the provider once, and only for a state it gave out', async () => {
    const { browser, page } = await signInAs('ines')
    const callback = browser.visited.find((url) => url.includes(routes.oidcCallback)) ?? ''
    expect(page.url.hash).toContain('ticket=')
    const again = await new Browser().get(callback)
    expect(fragmentOf(again).get('sign-in-error')).toBe('ticket_invalid')
    const invented = await new Browser().get(`${relay.url}${routes.oidcCallback}?code=x&state=made-up`)
    expect(fragmentOf(invented).get('sign-in-error')).toBe('ticket_invalid')
  })

  it('refuses a code of the provider under the state of another attempt', async () => {
    const [mine, theirs] = [await setOut('ines'), await setOut('ines')]
    const stateOf = ({ browser }: Attempt) => {
      const authorize = browser.visited.find((url) => url.includes('/auth?')) ?? ''
      return new URL(authorize).searchParams.get('state') ?? ''
    }
    mine.browser.stopAt = (url) => url.pathname === routes.oidcCallback
    const callback = (await mine.browser.post(mine.page.url.href, { person: 'ines' })).url
    callback.searchParams.set('state', stateOf(theirs))
    const browser = new Browser()
    browser.stopAt = (url) => url.pathname === '/welcome'
    expect(fragmentOf(await browser.get(callback.href)).get('sign-in-error')).toBe('sign_in_refused')
  })

  it('returns to another origin only if the relay was told of it', async () => {
    const { page, browser } = await setOut('ines', { origin: 'https://app.pli.test' })
    const back = await browser.post(page.url.href, { person: 'ines' })
    expect(back.url.origin).toBe('https://app.pli.test')
    const stranger = await setOut('ines', { origin: 'https://evil.test' })
    expect(stranger.page.status).toBe(400)
    const hidden = await setOut('ines', { returnTo: '/\\evil.test' })
    expect(hidden.page.status).toBe(400)
  })

  it('returns to the name of this machine that the person came by', async () => {
    const query = new URLSearchParams({
      personId: 'demo-ines',
      challenge: Buffer.alloc(32, 7).toString('base64url'),
      returnTo: '/welcome',
    })
    const browser = new Browser()
    browser.stopAt = (url) => url.pathname === '/welcome'
    const byNumber = relay.url.replace('localhost', '127.0.0.1')
    const page = await browser.get(`${byNumber}${routes.oidcStart}?${query}`)
    const back = await browser.post(page.url.href, { person: 'ines' })
    expect(back.url.href).toMatch(new RegExp(`^${byNumber}/welcome#ticket=`))
  })

  it('tells the app at once when the person is unknown or may not practise', async () => {
    const { people } = generateSandbox({ seed: 1, people: 600 })
    const unlicensed = people.find(({ roles }) => roles.every((role) => !role.licenceToPractise))
    const deceased = people.find((person) => person.deceased)
    for (const person of [unlicensed, deceased]) {
      const { page } = await setOut(person?.personId ?? '')
      expect(fragmentOf(page).get('sign-in-error')).toBe('licence_inactive')
      const issuing = relay.running.issueOperatorCode(person?.personId ?? '')
      await expect(issuing).rejects.toMatchObject({ code: 'licence_inactive' })
    }
    const unknown = await setOut('nobody-of-that-id')
    expect(fragmentOf(unknown.page).get('sign-in-error')).toBe('not_found')
  })

  it('proves the same person again once the account is there', async () => {
    const { ticket, verifier } = await signInAs('emilie')
    const session = await relay.ask<SignInSession>('POST', routes.redeemTicket, {
      body: { ticket, verifier },
    })
    const body = z.encode(registerDeviceRequest, registerRequest())
    await relay.ask('POST', routes.devices, { token: session.sessionToken, body })
    const again = await signInAs('emilie')
    expect(await redeem({ ticket: again.ticket, verifier: again.verifier })).toBe('ok')
  })
})

describe('an operator’s code', () => {
  it('proves its person once', async () => {
    const { code } = await relay.running.issueOperatorCode('kevin')
    const body = { personId: relay.personIdOf('kevin'), code: code.toLowerCase().replaceAll('-', ' ') }
    expect(await relay.codeOf('POST', routes.redeemCode, { body })).toBe('ok')
    expect(await relay.codeOf('POST', routes.redeemCode, { body })).toBe('code_invalid')
  })

  it('proves nobody else, and is not spent by trying', async () => {
    const { code } = await relay.running.issueOperatorCode('kevin')
    const as = (person: string) => ({ body: { personId: relay.personIdOf(person), code } })
    expect(await relay.codeOf('POST', routes.redeemCode, as('ines'))).toBe('code_invalid')
    expect(await relay.codeOf('POST', routes.redeemCode, as('kevin'))).toBe('ok')
  })

  it('ends after 72 hours', async () => {
    const { code } = await relay.running.issueOperatorCode('kevin')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 72 * 3600_000 + 1000 })
    const body = { personId: relay.personIdOf('kevin'), code }
    expect(await relay.codeOf('POST', routes.redeemCode, { body })).toBe('code_invalid')
  })

  it('is given to nobody whom the directory does not know', async () => {
    await expect(relay.running.issueOperatorCode('nobody')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('redeemed by many at once, makes one session', async () => {
    const { code } = await relay.running.issueOperatorCode('kevin')
    const body = { personId: relay.personIdOf('kevin'), code }
    const codes = await Promise.all(
      Array.from({ length: 20 }, () => relay.codeOf('POST', routes.redeemCode, { body })),
    )
    expect(codes.filter((one) => one === 'ok')).toHaveLength(1)
  })
})

describe('a session', () => {
  it('ends after a quarter of an hour', async () => {
    const { sessionToken } = await relay.prove('kevin')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 15 * 60_000 + 1000 })
    expect(await relay.codeOf('GET', routes.account, { token: sessionToken })).toBe('unauthenticated')
  })
})
