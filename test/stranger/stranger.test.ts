import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  issueOperatorCode,
  type RelayProcess,
  type RelayProcessOptions,
  startRelayProcess,
} from '../relay-process.ts'
import { type Received, StrangerClient } from './client.ts'

let folder: string
let options: RelayProcessOptions
let relay: RelayProcess

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pli-stranger-'))
  options = { dataDir: folder, logDir: folder }
  relay = await startRelayProcess(options)
})
afterAll(async () => {
  await relay.stop()
  await rm(folder, { recursive: true })
})

async function arrive(slug: string) {
  const code = await issueOperatorCode(options, slug)
  const config = (await (await fetch(`${relay.url}/v1/config`)).json()) as {
    value: { sandbox: { people: { slug: string; personId: string }[] } }
  }
  const personId = config.value.sandbox.people.find((person) => person.slug === slug)?.personId as string
  const received: Received[] = []
  const client = await StrangerClient.register(relay.url, { personId, code }, (message) =>
    received.push(message),
  )
  return { client, received, personId, code }
}

async function until(wanted: () => boolean): Promise<void> {
  for (let tries = 0; !wanted(); tries += 1) {
    if (tries > 600) throw new Error('waited in vain')
    await sleep(50)
  }
}

it('signs in, publishes keys, sends, receives and acknowledges, from the protocol document alone', async () => {
  const asker = await arrive('nathalie')
  const answerer = await arrive('anne-sophie')
  const found = await asker.client.findAccount('lemaire anne-sophie')
  expect(found).toBe(answerer.client.accountId)

  const questionId = await asker.client.sendText(found as string, 'Bisoprolol : 5 ou 10 mg ?')
  await until(() => answerer.received.length === 1)
  expect(answerer.received[0]).toMatchObject({
    sender: asker.client.accountId,
    content: { id: questionId, kind: 'text', text: 'Bisoprolol : 5 ou 10 mg ?' },
  })
  await until(() => asker.received.some(({ content }) => content.messageIds?.includes(questionId) === true))

  await answerer.client.sendText(asker.client.accountId, '5 mg')
  await until(() => asker.received.some(({ content }) => content.text === '5 mg'))
  asker.client.close()
  answerer.client.close()
  await expect(
    StrangerClient.register(relay.url, { personId: asker.personId, code: asker.code }, () => {}),
  ).rejects.toMatchObject({ code: 'code_invalid' })
})
