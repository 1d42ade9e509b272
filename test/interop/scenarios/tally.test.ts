/** The scenarios' lines are worth what the tally notices: members that read too much, too little or something else. */
import { expect, it } from 'vitest'
import { seededRandom } from '../random.ts'
import type { Unsealed } from './party.ts'
import { Queue } from './queue.ts'
import { type Recipient, Tally } from './tally.ts'

const text = (value: string) => new TextEncoder().encode(value)
const ROUNDS = 60

const SENDER = { serviceId: 'a0000000-0000-4000-8000-000000000001', deviceId: 1 }

function read(plaintext: Uint8Array): Unsealed {
  return { sender: SENDER, plaintext }
}

async function deliverTo(member: Recipient): Promise<Tally> {
  const tally = new Tally(seededRandom(3))
  for (let i = 0; i < ROUNDS; i++) await tally.deliver(member, text(`sealed ${i}`), text(`sealed ${i}`))
  return tally
}

it('counts what a credulous member accepts: changed copies and replays', async () => {
  const credulous = { writes: 0, unseal: async (sealed: Uint8Array) => read(sealed) }
  const tally = await deliverTo(credulous)
  expect(tally.delivered).toBe(ROUNDS)
  expect(tally.tamperedAccepted).toBeGreaterThan(0)
  expect(tally.replaysAccepted).toBeGreaterThan(0)
})

it('counts what is not read, or read as something else', async () => {
  const refusing = { writes: 0, unseal: () => Promise.reject(new Error('no')) }
  expect((await deliverTo(refusing)).unexpectedFailures).toBe(ROUNDS)
  const mishearing = { writes: 0, unseal: async () => read(text('something else')) }
  expect((await deliverTo(mishearing)).unexpectedFailures).toBe(ROUNDS)
})

it('counts a refusal that leaves a mark', async () => {
  const careless = {
    writes: 0,
    async unseal() {
      careless.writes++
      throw new Error('no')
    },
  }
  // the message that was not read, and the mark; more for changed copies and replays
  expect((await deliverTo(careless)).unexpectedFailures).toBeGreaterThan(2 * ROUNDS)
})

it('lets messages overtake one another within the window, and each arrive once', () => {
  const queue = new Queue<number>(2, seededRandom(4))
  for (let i = 0; i < 50; i++) queue.push(i)
  const order = Array.from({ length: 50 }, () => queue.take())
  expect(queue.take()).toBeUndefined()
  expect([...order].sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual(Array.from({ length: 50 }, (_, i) => i))
  expect(order).not.toEqual(Array.from({ length: 50 }, (_, i) => i))
  for (const [at, message] of order.entries()) expect((message ?? 0) - at).toBeLessThanOrEqual(2)
})
