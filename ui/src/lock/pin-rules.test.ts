import { describe, expect, it } from 'vitest'
import { isEasyPin } from './pin-rules.ts'

describe('a PIN that is guessed first', () => {
  it.each([
    '111111',
    '123456',
    '654321',
    '012345',
    '890123',
    '121212',
    '123123',
    '112233',
    '000001',
    '11111111',
  ])('%s is refused', (pin) => expect(isEasyPin(pin)).toBe(true))
  it.each(['271828', '805914', '402917', '1357924', '20481632'])('%s is taken', (pin) =>
    expect(isEasyPin(pin)).toBe(false),
  )
})
