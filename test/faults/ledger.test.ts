import { expect, it } from 'vitest'
import { Ledger } from './ledger.ts'

const message = (number: number) => ({ from: 'a', to: 'b', number })

it('finds nothing wrong with what came once, in order, or again under its sequence', () => {
  const ledger = new Ledger()
  for (const number of [1, 2, 3]) ledger.acknowledged(message(number))
  for (const [number, sequence] of [
    [1, 7],
    [2, 8],
    [1, 7],
    [3, 20],
  ])
    ledger.delivered('b', sequence!, message(number!))
  expect(ledger.verdict()).toEqual({ acknowledged: 3, lost: 0, shownTwice: 0, outOfOrder: 0 })
  expect(ledger.repetitions).toBe(1)
})

it('tells what is lost, what came under two sequences, and what was overtaken', () => {
  const ledger = new Ledger()
  for (const number of [1, 2, 3, 4]) ledger.acknowledged(message(number))
  for (const [number, sequence] of [
    [1, 1],
    [3, 2],
    [2, 3],
    [3, 4],
  ])
    ledger.delivered('b', sequence!, message(number!))
  const { lost, shownTwice, outOfOrder } = ledger.verdict()
  expect([lost, shownTwice]).toEqual([1, 1])
  expect(outOfOrder).toBeGreaterThan(0)
})

it('counts a message lost that nobody saw', () => {
  const ledger = new Ledger()
  ledger.acknowledged(message(1))
  expect(ledger.verdict()).toMatchObject({ acknowledged: 1, lost: 1 })
})
