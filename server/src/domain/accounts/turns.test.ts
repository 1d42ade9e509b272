import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createTurns } from './turns.ts'

it('runs as many at once as allowed and never one more, in the order they came, also when some fail', async () => {
  const inTurn = createTurns(2, 30)
  const began: number[] = []
  let [running, most] = [0, 0]
  const work = async (number: number) => {
    began.push(number)
    running += 1
    most = Math.max(most, running)
    await turn()
    running -= 1
    if (number % 3 === 0) throw new Error('it failed')
  }
  const all = Array.from({ length: 32 }, (_, number) => inTurn(() => work(number)))
  await expect(inTurn(() => work(99))).rejects.toMatchObject({ code: 'unavailable' })
  await Promise.allSettled(all)
  expect(most).toBe(2)
  expect(began).toEqual(Array.from({ length: 32 }, (_, number) => number))
  // Every place came back.
  most = 0
  await Promise.allSettled(Array.from({ length: 5 }, () => inTurn(() => work(1))))
  expect(most).toBe(2)
})
