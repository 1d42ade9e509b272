/**
 * The cryptography in Chromium: the checks that `crypto/src/known-answers.test.ts` runs in Node, bundled as the apps are and
 * run where the apps run, so that a browser's own X25519, Ed25519 and AES are held to them too; then conversations between
 * the page and the native library.
 *
 * Without a Chromium it is skipped: the journeys say how to get one.
 * Not concerned with what the checks are: see `crypto/src/testing/known-answers/`.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import type { CiphertextMessage, PreKeyBundle, ProtocolAddress } from '@pli/crypto'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../chromium.ts'
import { NativeDevice } from '../interop/native-device.ts'
import { bundle, DEADLINE_MS, isChromiumHere, openPage } from './page.ts'

interface Report {
  readonly secureContext: boolean
  readonly x25519: string
  readonly results: readonly {
    readonly name: string
    readonly outcome: string
    readonly reason?: string
  }[]
}

/** The device in the page, called from here. */
class PageDevice {
  readonly address: ProtocolAddress = { serviceId: randomUUID(), deviceId: 1 }
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  async create(): Promise<void> {
    await this.#call('create', this.address)
  }

  async publishBundle(): Promise<PreKeyBundle> {
    return (await this.#call('publishBundle')) as PreKeyBundle
  }

  async open(preKeys: PreKeyBundle, remote: ProtocolAddress): Promise<void> {
    await this.#call('open', preKeys, remote)
  }

  async encrypt(plaintext: Uint8Array, remote: ProtocolAddress): Promise<CiphertextMessage> {
    return (await this.#call('encrypt', plaintext, remote)) as CiphertextMessage
  }

  async decrypt(message: CiphertextMessage, remote: ProtocolAddress): Promise<Uint8Array> {
    return (await this.#call('decrypt', message, remote)) as Uint8Array
  }

  async #call(name: string, ...values: unknown[]): Promise<unknown> {
    const texts = values.map((value) =>
      JSON.stringify(value, (_, part: unknown) =>
        part instanceof Uint8Array ? { hex: Buffer.from(part).toString('hex') } : part,
      ),
    )
    const call = `deviceInPage[${JSON.stringify(name)}](...${JSON.stringify(texts)})`
    const answer = (await this.#page.evaluate(call)) as string | undefined
    if (answer === undefined) return undefined
    return JSON.parse(answer, (_, part: { hex?: unknown } | null) =>
      typeof part?.hex === 'string' ? Uint8Array.from(Buffer.from(part.hex, 'hex')) : part,
    )
  }
}

describe.skipIf(!isChromiumHere())('published answers and round trips', () => {
  let browser: Browser
  let script: string

  beforeAll(async () => {
    script = await bundle()
    browser = await launchChromium()
  }, DEADLINE_MS)

  afterAll(async () => {
    await browser?.close()
  })

  it(
    'hold in Chromium',
    async () => {
      const { secureContext, x25519, results } = (await (
        await openPage(browser, script)
      ).evaluate('runKnownAnswers()')) as Report
      expect(secureContext).toBe(true)
      // Chromium has had X25519 since version 133
      expect(x25519).toBe('webcrypto')
      const failed = results.filter(({ outcome }) => outcome === 'failed')
      expect(failed).toEqual([])
      const absent = results.filter(({ outcome }) => outcome === 'absent')
      if (absent.length > 0)
        console.warn(`${absent.length} checks were skipped: ../shared/vectors is absent.`)
      expect(results.length - absent.length).toBeGreaterThanOrEqual(19)
    },
    DEADLINE_MS,
  )

  it.each(['page', 'native'] as const)(
    'converse with the native library; the %s opens the session',
    async (opener) => {
      const page = new PageDevice(await openPage(browser, script))
      await page.create()
      const native = new NativeDevice({ serviceId: randomUUID(), deviceId: 1 })
      const [first, second] = opener === 'page' ? [page, native] : [native, page]
      await first.open(await second.publishBundle(), second.address)
      // long enough for the post-quantum ratchet to complete an epoch
      for (let turn = 0; turn < 120; turn++) {
        const [from, to] = turn % 2 === 0 ? [first, second] : [second, first]
        const text = Uint8Array.from(randomBytes(1 + turn))
        const message = await from.encrypt(text, to.address)
        expect(await to.decrypt(message, from.address), `turn ${turn}`).toEqual(text)
      }
    },
    DEADLINE_MS,
  )
})
