/** Page and worker over a real message channel: what crosses is structurally cloned, as between real threads. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createTestDevice, registerPerson, registration, WRONG_PIN } from '../accounts/testing/device.ts'
import type { ConversationView, InboxRow, Messenger } from '../api.ts'
import { createLive } from '../live/live-value.ts'
import type { RunningPli } from '../pli.ts'
import { connectPli } from './connect.ts'
import type { ToWorker } from './messages.ts'
import type { Port } from './port.ts'
import { servePli } from './serve.ts'

const channels: MessageChannel[] = []
afterEach(() => {
  for (const { port1, port2 } of channels.splice(0)) {
    port1.close()
    port2.close()
  }
})

function connect(pli: Promise<RunningPli>) {
  const channel = new MessageChannel()
  channels.push(channel)
  const seen: ToWorker['type'][] = []
  const serve = servePli(pli, channel.port2)
  channel.port2.onmessage = (event) => {
    seen.push(event.data.type)
    serve(event.data)
  }
  const page = connectPli(channel.port1)
  channel.port1.start()
  return { page, seen }
}

const row = (conversationId: string, unread: number) => ({ conversationId, unread, person: { roles: [] } })

/** A messenger that says what it is told to, in the places that these tests look at. */
function createSayingMessenger() {
  const inbox = createLive<InboxRow[]>([row('a', 0), row('b', 0)] as never)
  const asked: unknown[][] = []
  const conversation = createLive<ConversationView>()
  const messenger = {
    inbox,
    conversation: (...args: unknown[]) => {
      asked.push(args)
      return conversation
    },
    sendText: async (...args: unknown[]) => {
      asked.push(args)
      return 'message-id'
    },
    photo: async () => Uint8Array.of(1, 2, 3),
    draft: async () => {
      throw new TypeError('a defect that quotes canary')
    },
    close: () => {},
  }
  return { inbox, conversation, asked, messenger: messenger as unknown as Messenger & { close(): void } }
}

async function openBoth() {
  const device = createTestDevice()
  const saying = createSayingMessenger()
  const pli = device.openTab('tab', { createMessenger: () => saying.messenger })
  const { page, seen } = connect(pli)
  return { device, saying, page, seen, pli: await pli }
}

describe('a page in front of the worker', () => {
  it('takes a person from a code to an unlocked account and back under lock', async () => {
    const { page, saying } = await openBoth()
    const pending = await page.redeemCode({ personId: 'an' as never, code: '12345678' })
    const localId = await page.register({ pendingId: pending.pendingId, ...registration })
    // Known at once: the list of accounts came before the answer.
    expect(page.accounts.get()).toMatchObject([{ localId, unlocked: true }])
    const messenger = page.messenger(localId)
    expect(messenger).toBe(page.messenger(localId))
    expect(await messenger.sendText('c' as never, 'hello', { patientTag: 'AB' })).toBe('message-id')
    expect(saying.asked).toEqual([['c', 'hello', { patientTag: 'AB' }]])
    expect(await messenger.photo('m' as never)).toEqual(Uint8Array.of(1, 2, 3))
    await page.lock(localId)
    expect(() => page.messenger(localId)).toThrow(expect.objectContaining({ code: 'locked' }))
    await expect(messenger.sendText('c' as never, 'late')).rejects.toMatchObject({ code: 'locked' })
  })

  it('brings refusals back with all they say, and defects without a word of what they quote', async () => {
    const { page, pli } = await openBoth()
    const localId = await registerPerson(pli)
    await expect(page.unlock('none' as never, WRONG_PIN)).rejects.toMatchObject({ code: 'erased' })
    await page.lock(localId)
    await expect(page.unlock(localId, WRONG_PIN)).rejects.toMatchObject({
      name: 'ClientError',
      code: 'pin_wrong',
      triesLeft: 9,
    })
    await page.unlock(localId, registration.pin)
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    await expect(page.messenger(localId).draft('c' as never)).rejects.toMatchObject({ code: 'internal' })
    expect(logged).toHaveBeenCalled()
    expect(JSON.stringify(logged.mock.calls)).not.toContain('canary')
    logged.mockRestore()
  })

  it('is told why when the worker could not start', async () => {
    const { page } = connect(Promise.reject(new TypeError('no database')))
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    await expect(page.relayConfig()).rejects.toMatchObject({ code: 'internal' })
    logged.mockRestore()
  })

  it('does not wait for ever when the worker’s script never came', async () => {
    const listeners = new Map<string, () => void>()
    const page = connectPli({
      postMessage: () => {},
      addEventListener: (type: string, listener: () => void) => void listeners.set(type, listener),
    } as unknown as Port)
    const asked = page.relayConfig()
    listeners.get('error')?.()
    await expect(asked).rejects.toMatchObject({ code: 'unavailable' })
    await expect(page.relayConfig()).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('watched values', () => {
  it('come while somebody watches, share what is unchanged, and stop', async () => {
    const { page, pli, saying, seen } = await openBoth()
    const localId = await registerPerson(pli)
    await expect.poll(() => page.accounts.get()?.[0]?.unlocked).toBe(true)
    const { inbox } = page.messenger(localId)
    expect(inbox.get()).toBeUndefined()
    const snapshots: InboxRow[][] = []
    const stop = inbox.subscribe(() => snapshots.push(inbox.get()!))
    await expect.poll(() => snapshots).toHaveLength(1)

    saying.inbox.set([row('c', 1), row('a', 5), row('b', 0)] as never)
    saying.inbox.set([row('c', 2), row('a', 5), row('b', 0)] as never)
    await expect.poll(() => snapshots).toHaveLength(2)
    expect(snapshots[1]).toMatchObject([{ unread: 2 }, { unread: 5 }, { unread: 0 }])
    expect(snapshots[1]![2]).toBe(snapshots[0]![1])
    expect(snapshots[1]![1]!.person).toBe(snapshots[0]![0]!.person)

    // The same once more is no news.
    saying.inbox.set([row('c', 2), row('a', 5), row('b', 0)] as never)
    saying.inbox.set([row('c', 3), row('a', 5), row('b', 0)] as never)
    await expect.poll(() => snapshots).toHaveLength(3)
    stop()
    await expect.poll(() => seen.includes('unwatch'), { timeout: 3_000 }).toBe(true)
    saying.inbox.set([])
    await page.pendingRegistration()
    expect(snapshots).toHaveLength(3)
    expect(inbox.get()).toBe(snapshots[2])
  })

  it('are asked for with their arguments, and are the same object for the same ones', async () => {
    const { page, pli, saying } = await openBoth()
    const localId = await registerPerson(pli)
    await expect.poll(() => page.accounts.get()?.[0]?.unlocked).toBe(true)
    const messenger = page.messenger(localId)
    const live = messenger.conversation('c' as never, 50)
    expect(messenger.conversation('c' as never, 50)).toBe(live)
    expect(messenger.conversation('c' as never, 100)).not.toBe(live)
    const stop = live.subscribe(() => {})
    await expect.poll(() => saying.asked).toEqual([['c', 50]])
    saying.conversation.set({ conversationId: 'c', messages: [] } as never)
    await expect.poll(() => live.get()).toMatchObject({ conversationId: 'c' })
    stop()
  })
})
