import { expect, it } from 'vitest'
import { createPatience } from './patience.ts'

it('lasts for one sender while another has used theirs up, and comes back with time', () => {
  let nowMs = 0
  const patience = createPatience(() => nowMs)
  for (let n = 0; n < 6; n += 1) patience.note('bad', 1_000, false)
  expect(patience.isSpent('bad')).toBe(true)
  expect(patience.isSpent('good')).toBe(false)
  nowMs += 30_000
  expect(patience.isSpent('bad')).toBe(false)
})

it('forgives honest messages, however many, and not those that jump far', () => {
  const patience = createPatience(() => 0)
  for (let n = 0; n < 10_000; n += 1) patience.note('slow telephone', 100, true)
  expect(patience.isSpent('slow telephone')).toBe(false)
  for (let n = 0; n < 6; n += 1) patience.note('jumper', 1_500, true)
  expect(patience.isSpent('jumper')).toBe(true)
})
