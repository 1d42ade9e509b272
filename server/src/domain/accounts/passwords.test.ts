/** What a flood of passwords costs the relay: never more than two of them at once, and a bounded queue. */
import { expect, it } from 'vitest'
import { RelayError } from '../../errors.ts'
import { createPasswords } from './passwords.ts'

it('takes two at a time, lets thirty wait, and sends the others away without working for them', async () => {
  const passwords = createPasswords()
  const stored = await passwords.hash('a password that is right')
  const order: string[] = []
  const tries = Array.from({ length: 40 }, (_, index) =>
    passwords.verify(stored, `a wrong password ${index}`).then(
      () => order.push('answered'),
      (error: unknown) => order.push(error instanceof RelayError ? error.code : 'internal'),
    ),
  )
  await Promise.all(tries)
  // Whoever is sent away hears it before the first was answered.
  expect(order.slice(0, 8)).toEqual(Array(8).fill('unavailable'))
  expect(order.slice(8)).toEqual(Array(32).fill('answered'))
  expect(await passwords.verify(stored, 'a password that is right')).toBe(true)
})

it('knows no difference between a wrong password and an unknown login', async () => {
  const passwords = createPasswords()
  expect(await passwords.verify(undefined, 'a password that is nobody’s')).toBe(false)
})
