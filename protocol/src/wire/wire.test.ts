import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  base64UrlBytes,
  binaryBytes,
  fromBase64Url,
  limits,
  oidcStartQuery,
  pushSubscription,
  registerDeviceRequest,
  submitRequest,
  toBase64Url,
} from './index.ts'

const account = '6f1c1c1e-6a5e-4d55-9a55-6b2a7f0e1d11'
const key = toBase64Url(new Uint8Array(16).fill(1))
const submission = (content: unknown, more: object = {}) => ({
  idempotencyKey: key,
  accountId: account,
  urgent: true,
  envelopes: [{ deviceId: 1, registrationId: 7, content }],
  ...more,
})

describe('byte strings', () => {
  it('are base64url outside and bytes inside, both ways', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes)
      }),
    )
    expect(toBase64Url(Uint8Array.of(0xfb, 0xff))).toBe(Buffer.from([0xfb, 0xff]).toString('base64url'))
  })

  it('have the length the contract states', () => {
    const field = base64UrlBytes(33)
    expect(field.safeParse(toBase64Url(new Uint8Array(33))).success).toBe(true)
    for (const length of [0, 32, 34])
      expect(field.safeParse(toBase64Url(new Uint8Array(length))).success).toBe(false)
    for (const text of ['a', 'ab=', 'a b', 'ab+/', 5, null]) expect(field.safeParse(text).success).toBe(false)
    expect(z.encode(field, new Uint8Array(33))).toHaveLength(44)
  })

  it('are taken from the socket as Buffer, Uint8Array or ArrayBuffer, and as nothing else', () => {
    const field = binaryBytes(1, 4)
    for (const value of [Buffer.from([1, 2]), Uint8Array.of(1, 2), Uint8Array.of(1, 2).buffer]) {
      expect([...field.parse(value)]).toEqual([1, 2])
    }
    for (const value of ['ab', [1, 2], {}, new Uint8Array(5), new Uint8Array(0)])
      expect(field.safeParse(value).success).toBe(false)
  })
})

describe('the relay is asked', () => {
  it('to take envelopes up to the limit and not one byte more', () => {
    expect(submitRequest.safeParse(submission(new Uint8Array(limits.envelopeBytes))).success).toBe(true)
    expect(submitRequest.safeParse(submission(new Uint8Array(limits.envelopeBytes + 1))).success).toBe(false)
    expect(submitRequest.safeParse(submission(new Uint8Array(1), { envelopes: [] })).success).toBe(false)
    expect(
      submitRequest.safeParse(submission(new Uint8Array(1), { accountId: account.toUpperCase() })).success,
    ).toBe(false)
  })

  it('to come back only to a path of the app itself', () => {
    const query = { personId: 'p1', challenge: toBase64Url(new Uint8Array(32)), returnTo: '/phone/?a=1' }
    expect(oidcStartQuery.safeParse(query).success).toBe(true)
    for (const returnTo of ['//evil.example', '/\\evil.example', 'https://evil.example', '']) {
      expect(oidcStartQuery.safeParse({ ...query, returnTo }).success).toBe(false)
    }
  })

  it('to push only to https', () => {
    const keys = { p256dh: toBase64Url(new Uint8Array(65)), auth: key }
    expect(pushSubscription.safeParse({ endpoint: 'https://push.example/x', keys }).success).toBe(true)
    expect(pushSubscription.safeParse({ endpoint: 'http://push.example/x', keys }).success).toBe(false)
  })

  it('to keep a bounded number of prekeys', () => {
    const one = { id: 1, publicKey: toBase64Url(new Uint8Array(33)) }
    const signed = { ...one, signature: toBase64Url(new Uint8Array(64)) }
    const kyber = { ...signed, publicKey: toBase64Url(new Uint8Array(1569)) }
    const request = (count: number) => ({
      identityKey: one.publicKey,
      registrationId: 1,
      signedPreKey: signed,
      lastResortKyberPreKey: kyber,
      preKeys: Array(count).fill(one),
      kyberPreKeys: [],
      name: 'x',
      replaceExisting: false,
    })
    expect(registerDeviceRequest.safeParse(request(limits.oneTimePreKeysPerUpload)).success).toBe(true)
    expect(registerDeviceRequest.safeParse(request(limits.oneTimePreKeysPerUpload + 1)).success).toBe(false)
  })
})
