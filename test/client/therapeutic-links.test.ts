/**
 * Asking about a patient before identifying them: a clinician's messenger, the relay behind a recorder, and the service of
 * therapeutic links in a process of its own. The relay sees nothing of the patient: every byte it received or wrote is
 * searched.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Messenger } from '@pli/client'
import { createNodeClient, type NodeClient } from '@pli/client/node'
import type { PersonId } from '@pli/protocol/wire'
import { type RunningRelay, readConfig, startRelay } from '@pli/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LinksService, startLinksService } from '../links-service.ts'
import { freePort } from '../relay-process.ts'
import { type Recorder, startRecorder } from '../secrecy/recorder.ts'
import { searchFolder } from '../secrecy/search.ts'

const LONG_MS = 120_000
/** As `npm run sandbox:links` prints them. */
const LINKED = '50010198146'
const BOTH = '62051797348'
const UNKNOWN = '84022998421'

let folder: string
let service: LinksService
let relay: RunningRelay
let recorder: Recorder
const clients: NodeClient[] = []
const conversations = new Map<string, Awaited<ReturnType<Messenger['openConversation']>>>()
let messenger: Messenger

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pli-links-'))
  const port = await freePort()
  service = await startLinksService(`http://localhost:${port}`)
  relay = await startRelay(
    readConfig({
      PLI_MODE: 'sandbox',
      PORT: String(port),
      DATA_DIR: join(folder, 'data'),
      SANDBOX_PEOPLE: '200',
      RATE_LIMIT_FACTOR: '1000',
      LOG_LEVEL: 'silent',
      LINKS_SERVICE_URL: service.url,
    }),
  )
  recorder = await startRecorder(join(folder, 'received'), relay.port)
  messenger = await enter('nathalie')
  for (const slug of ['anne-sophie', 'kevin']) {
    await enter(slug)
    conversations.set(slug, await messenger.openConversation(personIdOf(slug)))
  }
}, LONG_MS)

afterAll(async () => {
  for (const client of clients) await client.close()
  await recorder?.close()
  await relay?.close()
  await service?.stop()
  await rm(folder, { recursive: true, force: true })
})

const personIdOf = (slug: string): PersonId => relay.demoPeople.find((one) => one.slug === slug)!.personId

async function enter(slug: string): Promise<Messenger> {
  const client = await createNodeClient({ relayUrl: `http://127.0.0.1:${recorder.port}` })
  clients.push(client)
  return client.registerWithCode(personIdOf(slug), (await relay.issueOperatorCode(slug)).code)
}

const check = (slug: string, typed: string) => messenger.checkPatient(conversations.get(slug)!, typed)

describe('before a patient is identified', () => {
  it('it is said whether there is a link, none, or an exclusion, which beats a link', async () => {
    expect(await check('anne-sophie', LINKED)).toBe('link')
    expect(await check('anne-sophie', '50.01.01-981.46')).toBe('link')
    expect(await check('anne-sophie', BOTH)).toBe('excluded')
    expect(await check('kevin', BOTH)).toBe('no_link')
    expect(await check('kevin', UNKNOWN)).toBe('no_link')
    expect(await check('kevin', '50010198147')).toBe('not_a_number')
    expect(await check('kevin', 'Jean D.')).toBe('not_a_number')
  })

  it('the relay learns nothing of whom it was', async () => {
    await messenger.sendText(conversations.get('kevin')!, 'the question')
    const secrets = [LINKED, BOTH, UNKNOWN, '50.01.01-981.46', '50010198147'].map((number) => ({
      name: number,
      bytes: new TextEncoder().encode(number),
    }))
    expect(recorder.receivedBytes()).toBeGreaterThan(1_000)
    const { findings, filesSearched } = await searchFolder(folder, secrets)
    expect(filesSearched).toBeGreaterThan(2)
    expect(findings).toEqual([])
    // That nothing else of it came here either: what is said of a patient has these names.
    const words = ['"blinded":', '"patient":', 'exclusions/has', '/links/has'].map((word) => ({
      name: word,
      bytes: new TextEncoder().encode(word),
    }))
    expect((await searchFolder(join(folder, 'received'), words)).findings).toEqual([])
    const token = [{ name: 'thumbprint', bytes: new TextEncoder().encode('keyThumbprint') }]
    expect((await searchFolder(join(folder, 'received'), token)).findings).not.toEqual([])
  })

  it('no answer is said to be none, and the next question is asked again', async () => {
    await service.stop()
    expect(await check('anne-sophie', LINKED)).toBe('unavailable')
    expect(await check('anne-sophie', LINKED)).toBe('unavailable')
  })
})
