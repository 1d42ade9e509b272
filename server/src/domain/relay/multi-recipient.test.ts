import { randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readMultiRecipientUpload } from './multi-recipient.ts'

interface Part {
  accountId: string
  kind?: number
  devices: [deviceId: number, registrationId: number][]
}

const SHARED = randomBytes(32 + 300)

/** The flat format of an upload, written out by hand. */
function upload(parts: Part[], { version = 0x23, count = parts.length } = {}) {
  const keys = new Map(parts.map(({ accountId }) => [accountId, randomBytes(48)]))
  const recipients = parts.map(({ accountId, kind = 0, devices }) => {
    const account = Buffer.concat([Buffer.of(kind), Buffer.from(accountId.replaceAll('-', ''), 'hex')])
    if (devices.length === 0) return Buffer.concat([account, Buffer.of(0)])
    const listed = devices.map(([deviceId, registrationId], i) => {
      const bits = registrationId | (i < devices.length - 1 ? 0x8000 : 0)
      return Buffer.of(deviceId, bits >> 8, bits & 0xff)
    })
    return Buffer.concat([account, ...listed, keys.get(accountId)!])
  })
  const bytes = Buffer.concat([Buffer.of(version, count), ...recipients, SHARED])
  return { bytes, keys }
}

const refused = (bytes: Uint8Array) =>
  expect(() => readMultiRecipientUpload(bytes)).toThrow(expect.objectContaining({ code: 'bad_request' }))

it('cuts an upload into what each recipient is to get', () => {
  const [ann, ben, cas] = [randomUUID(), randomUUID(), randomUUID()]
  const { bytes, keys } = upload([
    { accountId: ann, devices: [[1, 11]] },
    { accountId: cas, devices: [] },
    {
      accountId: ben,
      devices: [
        [1, 0],
        [2, 0x3fff],
        [127, 7],
      ],
    },
  ])
  const { recipients, excludedAccountIds } = readMultiRecipientUpload(bytes)
  const of = (accountId: string) => recipients.find((part) => part.accountId === accountId)
  const received = (accountId: string) =>
    new Uint8Array(Buffer.concat([Buffer.of(0x22), keys.get(accountId)!, SHARED]))
  expect(recipients).toHaveLength(2)
  expect(of(ann)).toEqual({ accountId: ann, deviceIds: [1], registrationIds: [11], bytes: received(ann) })
  expect(of(ben)).toEqual({
    accountId: ben,
    deviceIds: [1, 2, 127],
    registrationIds: [0, 0x3fff, 7],
    bytes: received(ben),
  })
  expect(excludedAccountIds).toEqual([cas])
})

it('refuses what cannot be delivered', () => {
  const ann = randomUUID()
  const one: Part = { accountId: ann, devices: [[1, 11]] }
  refused(upload([]).bytes)
  refused(upload([{ accountId: ann, devices: [] }]).bytes)
  refused(
    upload([
      {
        accountId: ann,
        devices: [
          [1, 11],
          [1, 12],
        ],
      },
    ]).bytes,
  )
  refused(upload([one, { accountId: ann, devices: [] }]).bytes)
  refused(upload([{ ...one, kind: 1 }]).bytes)
  refused(upload([{ ...one, kind: 7 }]).bytes)
  refused(upload([one], { count: 100 }).bytes)
  refused(upload([one], { version: 0x11 }).bytes)
  refused(upload([one], { version: 0x33 }).bytes)
})

it('refuses anything else alike', () => {
  const genuine = upload([{ accountId: randomUUID(), devices: [[1, 11]] }]).bytes
  const headerEnd = genuine.length - SHARED.length
  for (let length = 0; length < headerEnd + 32; length++) refused(genuine.subarray(0, length))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      refused(Buffer.concat([Buffer.of(0x30), bytes]))
      try {
        readMultiRecipientUpload(Buffer.concat([Buffer.of(0x23), bytes]))
      } catch (error) {
        expect(error).toMatchObject({ code: 'bad_request' })
      }
    }),
  )
})
