import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createClientAddress } from './client-address.ts'

const from = (peer: string, forwarded?: string) =>
  ({
    socket: { remoteAddress: peer },
    headers: { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage

describe('the client’s address', () => {
  it('is the peer’s when no proxy is trusted, whatever the client writes', () => {
    expect(createClientAddress(0)(from('192.0.2.1', '198.51.100.7'))).toBe('192.0.2.1')
  })

  it('is what the trusted proxy saw, not what the client claimed before', () => {
    expect(createClientAddress(1)(from('10.0.0.1', 'made-up, 198.51.100.7'))).toBe('198.51.100.7')
    expect(createClientAddress(2)(from('10.0.0.1', 'made-up, 198.51.100.7, 10.0.0.2'))).toBe('198.51.100.7')
  })

  it('is the peer’s when a proxy said nothing', () => {
    expect(createClientAddress(1)(from('10.0.0.1'))).toBe('10.0.0.1')
  })
})
