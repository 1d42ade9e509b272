import { expect, it } from 'vitest'
import { createCallSealer } from './sealed-calls.ts'

const key = new Uint8Array(32).fill(1)
const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString()

it('is read by nodes of the installation, and names nobody to others', () => {
  const [one, other] = [createCallSealer(key), createCallSealer(key)]
  const sealed = one.seal(Buffer.from('somebody'))
  expect(Buffer.from(sealed).includes('somebody')).toBe(false)
  expect(text(other.open(sealed))).toBe('somebody')
  expect(createCallSealer(new Uint8Array(32).fill(2)).open(sealed)).toBeUndefined()
})

it('is taken once, and not after what came later', () => {
  const [one, other] = [createCallSealer(key), createCallSealer(key)]
  const [first, second] = [one.seal(Buffer.from('1')), one.seal(Buffer.from('2'))]
  expect(text(other.open(second))).toBe('2')
  expect(other.open(second)).toBeUndefined()
  expect(other.open(first)).toBeUndefined()
  expect(text(other.open(one.seal(Buffer.from('3'))))).toBe('3')
})

it('is refused when a bit of it was turned, wherever, and when it is anything else', () => {
  const [one, other] = [createCallSealer(key), createCallSealer(key)]
  const sealed = one.seal(Buffer.from('somebody'))
  for (let at = 0; at < sealed.length; at += 1) {
    const turned = Uint8Array.from(sealed, (byte, index) => (index === at ? byte ^ 1 : byte))
    expect(other.open(turned)).toBeUndefined()
  }
  for (const length of [0, 1, 43]) expect(other.open(new Uint8Array(length))).toBeUndefined()
  expect(text(other.open(sealed))).toBe('somebody')
})
