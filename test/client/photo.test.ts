/** Photos from a phone's camera to another screen, over a relay that may be away in between. */
import { randomBytes } from 'node:crypto'
import { ClientError } from '@pli/client'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { useDevices } from './devices.ts'
import { hasText, textsOf, until, untilMessage } from './until.ts'

const devices = useDevices()

/** A picture that does not compress well, with a position in its EXIF. */
async function cameraPhoto(side = 900): Promise<Uint8Array> {
  const raw = { width: side, height: side, channels: 3 as const }
  return sharp(randomBytes(side * side * 3), { raw })
    .withExif({ IFD0: { Copyright: 'CANARY-COPYRIGHT' }, IFD3: { GPSLatitude: '50/1 50/1 0/1' } })
    .jpeg({ quality: 80 })
    .toBuffer()
}

const isPhoto = (one: { body: { kind: string } }) => one.body.kind === 'photo'

it('carries a photo without its metadata, with a caption and a preview', async () => {
  const nurse = await devices.make('kevin')
  const doctor = await devices.make('anne-sophie')
  const [sending, receiving] = [await nurse.open(), await doctor.open()]
  const to = await sending.openConversation(doctor.personId)
  const source = await cameraPhoto()
  expect(Buffer.from(source).includes('CANARY-COPYRIGHT')).toBe(true)
  const id = await sending.sendPhoto(to, { bytes: source, caption: 'heel, day 3' }, { patientTag: 'P.V.' })
  const came = await untilMessage(receiving, nurse.accountId, isPhoto, 'the photo')
  expect(came).toMatchObject({
    id,
    patientTag: 'P.V.',
    body: { kind: 'photo', caption: 'heel, day 3', width: 900, height: 900, here: false },
  })
  const bytes = await receiving.photo(id)
  expect(bytes).toEqual(await sending.photo(id))
  expect(Buffer.from(bytes).includes('CANARY-COPYRIGHT')).toBe(false)
  expect((await sharp(bytes).metadata()).exif).toBeUndefined()
  const shown = await untilMessage(
    receiving,
    nurse.accountId,
    (one) => one.body.kind === 'photo' && one.body.here,
    'kept here',
  )
  expect(shown.body).toHaveProperty('preview')
  await untilMessage(sending, to, (one) => one.outgoing?.state === 'delivered', 'delivered')
})

it('shows progress, keeps the order of one conversation, and holds up no other', async () => {
  const nurse = await devices.make('kevin')
  const doctor = await devices.make('anne-sophie')
  const pharmacist = await devices.make('nathalie')
  const [sending, receiving, other] = [await nurse.open(), await doctor.open(), await pharmacist.open()]
  const to = await sending.openConversation(doctor.personId)
  const toOther = await sending.openConversation(pharmacist.personId)
  const seen: number[] = []
  const watched = sending.conversation(to, 20)
  watched.subscribe(() => {
    const state = watched.get()?.messages.find(isPhoto)?.outgoing
    if (state?.state === 'waiting' && state.uploadedBytes !== undefined) seen.push(state.uploadedBytes)
  })
  await sending.sendPhoto(to, { bytes: await cameraPhoto() })
  await sending.sendText(to, 'the photo above')
  await sending.sendText(toOther, 'something else')
  await untilMessage(other, nurse.accountId, hasText('something else'), 'the other conversation')
  await untilMessage(receiving, nurse.accountId, hasText('the photo above'), 'the text after the photo')
  expect(await textsOf(receiving, nurse.accountId)).toEqual(['<photo>', 'the photo above'])
  expect(seen.length).toBeGreaterThan(1)
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
})

it.each([
  ['before the ciphertext is kept', { when: 'before', tables: ['uploads'] }],
  ['once the upload has its place', { when: 'after', tables: ['uploads'] }],
  ['when the upload is done, before the message knows', { when: 'before', tables: ['uploads', 'outbox'] }],
  ['when the message knows', { when: 'after', tables: ['uploads', 'outbox'] }],
] as const)('sends the photo once although the process ends %s', async (_, crashAt) => {
  const nurse = await devices.make('kevin')
  const doctor = await devices.make('anne-sophie')
  const receiving = await doctor.open()
  const before = await nurse.open(crashAt)
  const to = await before.openConversation(doctor.personId)
  const id = await before.sendPhoto(to, { bytes: await cameraPhoto() })
  await nurse.crashed()
  const kept = await nurse.peek((store) => store.get('uploads', id))
  const after = await nurse.open()
  await untilMessage(receiving, nurse.accountId, isPhoto, 'the photo')
  await untilMessage(after, to, (one) => one.outgoing?.state === 'delivered', 'delivered')
  expect(await textsOf(receiving, nurse.accountId)).toEqual(['<photo>'])
  expect(await receiving.photo(id)).toEqual(await after.photo(id))
  // What was encrypted before is what arrived: an upload goes on, it does not begin again under another key.
  const body = (await doctor.running.store.get('messages', id))?.body
  if (kept !== undefined) expect(body).toMatchObject({ attachment: { key: kept.key, digest: kept.digest } })
})

it('takes back a photo that waits, and leaves nothing of it', async () => {
  const nurse = await devices.make('kevin')
  const doctor = await devices.make('anne-sophie')
  const [sending, receiving] = [await nurse.open(), await doctor.open()]
  const to = await sending.openConversation(doctor.personId)
  await sending.sendText(to, 'first')
  await untilMessage(receiving, nurse.accountId, hasText('first'), 'first')
  const restarted = devices.relay.restart(500)
  await until(sending.connection, (state) => state.state !== 'online', 'the relay is away')
  const id = await sending.sendPhoto(to, { bytes: await cameraPhoto() })
  expect(await sending.cancel(id)).toBe(true)
  expect(await sending.cancel(id)).toBe(false)
  await restarted
  await until(sending.inbox, ([row]) => row?.lastMessage?.body.kind === 'text', 'the text is the last again')
  await sending.sendText(to, 'second')
  await untilMessage(receiving, nurse.accountId, hasText('second'), 'second')
  expect(await textsOf(receiving, nurse.accountId)).toEqual(['first', 'second'])
  expect(await textsOf(sending, to)).toEqual(['first', 'second'])
  await expect(sending.photo(id)).rejects.toMatchObject({ code: 'not_found' })
})

it('refuses what is no picture', async () => {
  const nurse = await devices.make('kevin')
  const doctor = await devices.make('anne-sophie')
  const sending = await nurse.open()
  const to = await sending.openConversation(doctor.personId)
  await expect(
    sending.sendPhoto(to, { bytes: new TextEncoder().encode('not a photo') }),
  ).rejects.toMatchObject({
    code: 'photo_unreadable',
  })
  expect(await textsOf(sending, to)).toEqual([])
})

it('goes on with a broken download, and shows nothing that was tampered with or is gone', async () => {
  const nurse = await devices.make('kevin')
  const doctor = await devices.make('anne-sophie')
  const [sending, receiving] = [await nurse.open(), await doctor.open()]
  const to = await sending.openConversation(doctor.personId)
  const id = await sending.sendPhoto(to, { bytes: await cameraPhoto(500) })
  await untilMessage(receiving, nurse.accountId, isPhoto, 'the photo')

  const honest = doctor.relay.downloadAttachment
  doctor.relay.downloadAttachment = async function* (...args) {
    for await (const piece of honest(...args)) yield piece.map((byte, at) => (at === 99 ? byte ^ 1 : byte))
  }
  await expect(receiving.photo(id)).rejects.toMatchObject({ code: 'attachment_damaged' })
  doctor.relay.downloadAttachment = (token, _, options) => honest(token, 'f'.repeat(32) as typeof _, options)
  await expect(receiving.photo(id)).rejects.toMatchObject({ code: 'attachment_gone' })

  const offsets: number[] = []
  doctor.relay.downloadAttachment = async function* (token, attachment, options = {}) {
    offsets.push(options.offset ?? 0)
    for await (const piece of honest(token, attachment, options)) {
      yield piece
      if (offsets.length < 3) throw new ClientError('offline')
    }
  }
  expect(await receiving.photo(id)).toEqual(await sending.photo(id))
  expect(offsets[0]).toBe(0)
  expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
  expect(new Set(offsets).size).toBe(offsets.length)
})
