/**
 * What one file of journeys needs: a relay of its own with its data folder, a browser, and browser profiles in it.
 * Not concerned with what people do there (`clinician.ts`).
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, onTestFailed } from 'vitest'
import { launchChromium } from '../chromium.ts'
import { type LinksService, startLinksService } from '../links-service.ts'
import { freePort, type RelayProcess, type RelayProcessOptions, startRelayProcess } from '../relay-process.ts'
import { Clinician, type Form } from './clinician.ts'
import { installClock } from './clock.ts'
import { type Line, openLine } from './line.ts'
import { takeFailurePicture } from './pictures.ts'
import { noteShownPhotos } from './shown-photos.ts'

/** Longer than anything a person would wait for, on a busy machine. */
const PATIENCE_MS = 20_000

const PROFILE: Record<Form, BrowserContextOptions> = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
  desk: { viewport: { width: 1440, height: 900 } },
}

export interface Stage {
  readonly url: string
  readonly relayOptions: RelayProcessOptions
  readonly browser: Browser
  /** A person with a browser of their own, not yet onboarded. `name` is for pictures. */
  openPhone(name: string): Promise<Clinician>
  openDesk(name: string): Promise<Clinician>
  /** Another tab in somebody's browser. */
  openTab(beside: Clinician, name: string): Promise<Clinician>
  killRelay(): Promise<void>
  restartRelay(): Promise<void>
}

/**
 * Opens before the tests of a file and closes after them. Whatever no page may ever do fails the file at its end: an
 * error nobody caught, something the content security policy stopped, something axe objects to.
 */
export function useStage({ withClock = false, withLinks = false } = {}): Stage {
  let folder = ''
  let browser: Browser | undefined
  let relay: RelayProcess | undefined
  let relayOptions: RelayProcessOptions | undefined
  let links: LinksService | undefined
  const lines: Line[] = []
  const people: Clinician[] = []
  const complaints: string[] = []
  let brokeOff = false

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pli-journey-'))
    const port = await freePort()
    if (withLinks) links = await startLinksService(`http://localhost:${port}`)
    const environment = links === undefined ? {} : { LINKS_SERVICE_URL: links.url }
    relayOptions = { dataDir: join(folder, 'data'), logDir: join(folder, 'logs'), port, environment }
    await Promise.all([relayOptions.dataDir, relayOptions.logDir].map((path) => mkdir(path)))
    relay = await startRelayProcess(relayOptions)
    browser = await launchChromium()
  })
  beforeEach(({ task, skip }) => {
    // A file is one story: nothing is learned from its end once its middle is missing.
    skip(brokeOff, 'the journey broke off before')
    onTestFailed(async () => {
      brokeOff = true
      for (const person of people) {
        await takeFailurePicture(
          person.page,
          `${task.name.replaceAll(/\W+/g, '-').slice(0, 60)}-${person.name}`,
        )
      }
    })
  })
  afterAll(async () => {
    await browser?.close()
    for (const line of lines) line.close()
    await relay?.stop()
    await links?.stop()
    await rm(folder, { recursive: true, force: true })
    expect(complaints).toEqual([])
  })

  const given = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('the stage is not open yet')
    return value
  }
  const url = () => `http://localhost:${given(relay).port}`
  const enter = async (context: BrowserContext, line: Line, form: Form, name: string) => {
    const page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(`${name}: ${error.message}`))
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) complaints.push(`${name}: ${message.text()}`)
    })
    const person = new Clinician({
      page,
      line,
      form,
      name,
      appUrl: url() + (form === 'phone' ? '/phone/' : '/'),
      complaints,
    })
    people.push(person)
    return person
  }
  const openProfile = async (form: Form, name: string) => {
    const line = await openLine()
    lines.push(line)
    const context = await given(browser).newContext({
      ...PROFILE[form],
      locale: 'fr-BE',
      reducedMotion: 'reduce',
      // Browsers go to localhost directly unless told otherwise.
      proxy: { server: line.proxyUrl, bypass: '<-loopback>' },
      // It would answer for the worker's script, before the clock can be put into it.
      ...(withClock && { serviceWorkers: 'block' as const }),
    })
    context.setDefaultTimeout(PATIENCE_MS)
    await noteShownPhotos(context)
    if (withClock) await installClock(context)
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url() })
    return enter(context, line, form, name)
  }
  return {
    get url() {
      return url()
    },
    get relayOptions() {
      return given(relayOptions)
    },
    get browser() {
      return given(browser)
    },
    openPhone: (name) => openProfile('phone', name),
    openDesk: (name) => openProfile('desk', name),
    openTab: (beside, name) => enter(beside.page.context(), beside.line, beside.form, name),
    killRelay: () => given(relay).kill(),
    restartRelay: async () => {
      relay = await startRelayProcess(given(relayOptions))
    },
  }
}
