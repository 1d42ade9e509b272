/**
 * Store, vault, locks and worker in a real Chromium, which Node cannot stand in for: Web Locks, a key that cannot be
 * exported inside IndexedDB, WebAssembly under the app's policy, a browser that is killed. Skipped without Chromium.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LocalAccountId, Pli } from '../api.ts'
import {
  isChromiumHere,
  type KillableChromium,
  type ServedApp,
  serveApp,
  startChromium,
} from './testing/chromium-app.ts'

declare const pli: Pli

const PIN = '482916'
const register = (page: Page, personId: string) =>
  page.evaluate(
    async ([id, pin]) => {
      const { pendingId } = await pli.redeemCode({ personId: id as never, code: '12345678' })
      const request = { pendingId, pin: pin as string, replaceExisting: false, deviceName: 'Chromium' }
      return pli.register({ ...request, language: 'nl' })
    },
    [personId, PIN],
  )
const unlock = (page: Page, localId: LocalAccountId, pin = PIN) =>
  page.evaluate(
    async ([id, secret]) => {
      const beganAtMs = performance.now()
      const refused = await pli.unlock(id as LocalAccountId, secret as string).then(
        () => undefined,
        ({ code, triesLeft }) => ({ code, triesLeft }),
      )
      return { refused, tookMs: performance.now() - beganAtMs }
    },
    [localId, pin],
  )
const write = (page: Page, localId: LocalAccountId, key: string, text: string) =>
  page.evaluate(
    ([id, conversation, value]) =>
      pli
        .messenger(id as LocalAccountId)
        .saveDraft(conversation as never, { text: value as string })
        .then(
          () => 'written',
          ({ code }) => code as string,
        ),
    [localId, key, text],
  )
const read = (page: Page, localId: LocalAccountId, key: string) =>
  page.evaluate(
    async ([id, conversation]) =>
      (await pli.messenger(id as LocalAccountId).draft(conversation as never))?.text,
    [localId, key],
  )
/** Watches, as a screen does, until the tab owns the ratchets or follows. */
const state = (page: Page, localId: LocalAccountId, wanted: 'online' | 'following') =>
  page.evaluate(
    ([id, awaited]) => {
      const { connection } = pli.messenger(id as LocalAccountId)
      return new Promise<void>((resolve) => {
        const look = () => connection.get()?.state === awaited && resolve()
        connection.subscribe(look)
        look()
      })
    },
    [localId, wanted],
  )

describe.skipIf(!isChromiumHere())('in Chromium', () => {
  let app: ServedApp
  let browser: KillableChromium
  beforeAll(async () => {
    app = await serveApp()
    browser = await startChromium()
  })
  afterAll(async () => {
    await browser?.remove()
    app?.close()
  })

  it('registers under the app’s policy, locks, refuses a wrong PIN, and unlocks', async () => {
    const page = await browser.openTab(app.url)
    const localId = await register(page, 'an')
    await state(page, localId, 'online')
    expect(await write(page, localId, 'c', 'canary text')).toBe('written')
    await page.evaluate((id) => pli.lock(id), localId)
    expect((await unlock(page, localId, '111111')).refused).toEqual({ code: 'pin_wrong', triesLeft: 9 })
    const { refused, tookMs } = await unlock(page, localId)
    expect(refused).toBeUndefined()
    // For people to read; how long it may take depends on what else this computer does.
    console.info(`unlocking took ${Math.round(tookMs)} ms`)
    expect(await read(page, localId, 'c')).toBe('canary text, canary text')
    const kept = await readAllDatabases(page)
    expect(kept).toContain('An Voorbeeld')
    expect(kept).not.toContain('canary')
    expect(kept).toContain('"extractable":false')
    await page.close()
  })

  it('gives the ratchets to one tab; another follows, takes over, and the first writes nothing stale', async () => {
    const [first, second] = [await browser.openTab(app.url), await browser.openTab(app.url)]
    const localId = await register(first, 'bo')
    await state(first, localId, 'online')
    await second.waitForFunction(
      (id) => pli.accounts.get()?.some((account) => account.localId === id),
      localId,
    )
    await unlock(second, localId)
    await state(second, localId, 'following')
    expect(await write(first, localId, 'c', 'by the first')).toBe('written')
    expect(await read(second, localId, 'c')).toBe('by the first, by the first')

    // A thief takes the lock from the first and gives it back to the queue: the second is next.
    await second.evaluate(
      (id) => navigator.locks.request(`pli-owner-${id}`, { steal: true }, () => {}),
      localId,
    )
    await state(second, localId, 'online')
    expect(await write(second, localId, 'c', 'by the second')).toBe('written')
    expect(await write(first, localId, 'c', 'stale')).toBe('not_owner')
    expect(await read(first, localId, 'c')).toBe('by the second, by the second')

    await state(first, localId, 'following')
    await second.close()
    await state(first, localId, 'online')
    expect(await write(first, localId, 'c', 'by the first again')).toBe('written')
    await first.close()
  })

  it('loses nothing that was written when the browser is killed, and nothing is there by halves', async () => {
    const page = await browser.openTab(app.url)
    const [account] = await page.evaluate(() => pli.accounts.get() ?? [])
    const { localId } = account!
    await unlock(page, localId)
    await state(page, localId, 'online')
    let written = 0
    page.on('console', (message) => {
      written = Math.max(written, Number(message.text()))
    })
    const writing = page.evaluate(async (id) => {
      const messenger = pli.messenger(id)
      for (let key = 1; ; key += 1) {
        await messenger.saveDraft(String(key) as never, { text: `text ${key}` })
        console.log(String(key))
      }
    }, localId)
    writing.catch(() => {})
    await expect.poll(() => written, { timeout: 20_000 }).toBeGreaterThan(30)
    await browser.kill()

    await browser.start()
    const after = await browser.openTab(app.url)
    expect((await unlock(after, localId)).refused).toBeUndefined()
    for (let key = 1; key <= written + 5; key += 1) {
      const pair = await read(after, localId, String(key))
      const whole = `text ${key}, text ${key}`
      expect(key <= written ? [whole] : [whole, 'nothing, nothing']).toContain(pair)
    }
  })
})

/** Every record of every database of this origin, as text: bytes as Latin-1. */
function readAllDatabases(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const texts: string[] = []
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name))
      for (const store of database.objectStoreNames) {
        const objects = database.transaction(store).objectStore(store)
        const all = [await done(objects.getAllKeys()), await done(objects.getAll())]
        texts.push(
          JSON.stringify(all, (_key, value) => {
            if (value instanceof Uint8Array) return new TextDecoder('latin1').decode(value)
            return value instanceof CryptoKey ? { extractable: value.extractable } : value
          }),
        )
      }
      database.close()
    }
    return texts.join('\n')
  })
}
