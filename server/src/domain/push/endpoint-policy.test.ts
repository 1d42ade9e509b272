/** Which addresses the relay may be made to call: those that anybody on the Internet may be meant by, whatever their spelling. */
import { expect, it } from 'vitest'
import { createEndpointPolicy, isPublicAddress } from './endpoint-policy.ts'

it.each([
  '127.0.0.1',
  '10.255.255.255',
  '172.31.0.1',
  '192.168.0.10',
  '169.254.169.254',
  '100.100.100.200',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:10.0.0.1',
  '::ffff:a9fe:a9fe',
  '::10.0.0.1',
  '64:ff9b::a00:1',
  '64:ff9b:1::a00:1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'fd00:ec2::254',
  'ff02::1',
  '2001::1',
  '2001:db8::1',
  '2002:a00:1::',
  'push.example.org',
  '',
])('%s is not public', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

it.each(['8.8.8.8', '172.32.0.1', '2a00:1450:4001:80b::200e', '2606:4700::1111'])('%s is', (address) => {
  expect(isPublicAddress(address)).toBe(true)
})

it('exempts a push service of the own network by its name and port alone', () => {
  const policy = createEndpointPolicy(['push.hospital.internal:8443'])
  expect(policy.checkUrl('https://push.hospital.internal:8443/a').hostname).toBe('push.hospital.internal')
  for (const other of ['https://push.hospital.internal/a', 'https://other.hospital.internal:8443/a']) {
    expect(() => policy.checkUrl(other)).toThrow('endpoint may not be called')
  }
})
