import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createClientAddress, networkOf } from './client-address.ts'

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

describe('the network of an address', () => {
  it('is the /64 of IPv6, however it is spelled', () => {
    const same = ['2001:db8::1', '2001:DB8:0:0::2', '2001:db8:0:0:ffff::', '2001:0db8::1:2:3:4']
    expect(new Set(same.map(networkOf))).toEqual(new Set(['2001:db8:0:0']))
    expect(networkOf('2001:db8:0:1::1')).toBe('2001:db8:0:1')
    expect(networkOf('::1')).toBe('0:0:0:0')
    expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0')
  })

  it('is the address itself of IPv4, also in the clothes of IPv6', () => {
    expect(networkOf('192.0.2.1')).toBe('192.0.2.1')
    expect(networkOf('::ffff:192.0.2.1')).toBe('192.0.2.1')
    expect(networkOf('')).toBe('')
  })
})
