/** Every allowance is one: so much and no more, for each name apart. */
import type { Request, Response } from 'express'
import { expect, it } from 'vitest'
import type { RelayError } from '../../errors.ts'
import { allowances, createRateLimits, type LimitName } from './rate-limits.ts'

const names = Object.keys(allowances) as LimitName[]

it.each(names)('%s ends where it says, for who spent it and for nobody else', async (name) => {
  const limits = createRateLimits(1)
  const { points, seconds } = allowances[name]
  await limits.spend(name, 'one', points)
  const refused = await limits.spend(name, 'one').then(
    () => undefined,
    (error: unknown) => error as RelayError,
  )
  expect(refused?.code).toBe('rate_limited')
  expect(refused?.details.retryAfterMs).toBeGreaterThan(0)
  expect(refused?.details.retryAfterMs).toBeLessThanOrEqual(seconds * 1000)
  await limits.spend(name, 'another')
})

it('takes the addresses of one IPv6 network for one, and those of IPv4 for themselves', async () => {
  const limits = createRateLimits(1)
  const tries = allowances.operatorCode.points
  const from = async (ip: string) => {
    try {
      await limits.byAddress('operatorCode')({ ip } as Request, {} as Response, () => undefined)
      return 'ok'
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  for (let index = 0; index < tries; index += 1) expect(await from(`2001:db8:1:2::${index + 1}`)).toBe('ok')
  expect(await from('2001:db8:1:2:ffff::1')).toBe('rate_limited')
  expect(await from('2001:db8:1:3::1')).toBe('ok')
  for (let index = 0; index < tries; index += 1) await from(`2001:db8::${index + 1}`)
  expect(await from('2001:db8::ffff')).toBe('rate_limited')
  for (let index = 0; index < tries; index += 1) expect(await from('::ffff:192.0.2.1')).toBe('ok')
  expect(await from('::ffff:192.0.2.1')).toBe('rate_limited')
  expect(await from('::ffff:192.0.2.2')).toBe('ok')
})
