/**
 * What happens in the demo, scene by scene, told on the way. Returns what the relay must not know.
 * Not concerned with the relay or with searching it.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ConversationId } from '@pli/client'
import { findMetadata } from '@pli/client/node'
import type { Secret } from '../secrecy/needles.ts'
import { type Canaries, makeCanaries, makeWoundPhoto, slicesOf } from './canaries.ts'
import type { DemoPeople } from './config.ts'
import { comeBack, type Device, messageFrom, onboard, type Person } from './people.ts'

export interface Stage {
  relayUrl: string
  people: DemoPeople
  codeFor(person: string): Promise<string>
  devicesDir: string
  say(line: string): void
}

export interface Outcome {
  messagesSent: number
  messagesDelivered: number
  photoBytes: number
  photoMetadata: string[]
  photoMetadataInSource: string[]
  secrets: Secret[]
}

/** Which messages were sent, and which of them stood on the recipient's screen. */
interface Tally {
  sent: Set<string>
  arrived: Set<string>
}

type Scene = Stage & { tally: Tally }

export async function playScenes(given: Stage): Promise<Outcome> {
  const stage: Scene = { ...given, tally: { sent: new Set(), arrived: new Set() } }
  const canaries = makeCanaries()
  const pharmacist = await arrive(stage, 'nathalie')
  const doctor = await arrive(stage, 'anne-sophie')
  const nurse = await arrive(stage, 'kevin')
  await askAndAnswer(stage, canaries, pharmacist, doctor)
  const photo = await sendPhoto(stage, canaries, nurse, doctor)
  await returnFromAway(stage, canaries, pharmacist, doctor)
  const { sent, arrived } = stage.tally
  const secrets = [...canaries.secrets, ...photo.secrets]
  return { messagesSent: sent.size, messagesDelivered: arrived.size, ...photo, secrets }
}

async function arrive(stage: Stage, slug: string): Promise<Person> {
  const person = stage.people(slug)
  const code = await stage.codeFor(person.personId)
  stage.say(`${slug} proves who they are and makes the keys of this device.`)
  return onboard(deviceOf(stage, slug), person, code)
}

const deviceOf = (stage: Stage, slug: string): Device => ({
  relayUrl: stage.relayUrl,
  dataDir: join(stage.devicesDir, slug),
})

/** The conversation with somebody found in the directory by name and place. */
async function find(person: Person, query: string, other: Person): Promise<ConversationId> {
  const { rows } = await person.messenger.searchPeople({ q: query })
  if (!rows.some(({ personId }) => personId === other.personId))
    throw new Error(`"${query}" does not find ${other.slug}`)
  return person.messenger.openConversation(other.personId)
}

const isText = (text: string) => (message: { body: { kind: string; text?: string } }) =>
  message.body.kind === 'text' && message.body.text === text

async function askAndAnswer(
  stage: Scene,
  canaries: Canaries,
  pharmacist: Person,
  doctor: Person,
): Promise<void> {
  const toDoctor = await find(pharmacist, 'lemaire woluwe', doctor)
  const questionId = await pharmacist.messenger.sendText(toDoctor, canaries.question, {
    patientTag: canaries.patientTag,
    answerByMs: Date.now() + 15 * 60_000,
  })
  stage.tally.sent.add(questionId)
  stage.say('The pharmacist asks.')
  const toPharmacist = await find(doctor, 'van den berghe woluwe', pharmacist)
  const question = await messageFrom(doctor, toPharmacist, isText(canaries.question), 'the question')
  stage.tally.arrived.add(question.id)
  const answerId = await doctor.messenger.sendText(toPharmacist, canaries.answer, {
    quote: { messageId: question.id, excerpt: canaries.question.slice(0, 40) },
  })
  stage.tally.sent.add(answerId)
  stage.say('The GP answers.')
  const answer = await messageFrom(pharmacist, toDoctor, isText(canaries.answer), 'the answer')
  stage.tally.arrived.add(answer.id)
  await messageFrom(
    pharmacist,
    toDoctor,
    (message) => message.id === questionId && message.outgoing?.state === 'answered',
    'the question to be marked as answered',
  )
}

async function sendPhoto(stage: Scene, canaries: Canaries, nurse: Person, doctor: Person) {
  const source = await makeWoundPhoto(canaries.exifOwner)
  const toDoctor = await find(nurse, 'lemaire woluwe', doctor)
  const sentId = await nurse.messenger.sendPhoto(toDoctor, { bytes: source, caption: canaries.caption })
  stage.tally.sent.add(sentId)
  stage.say('The nurse sends a photo that carries a position and an owner.')
  const toNurse = await find(doctor, 'oulad-haddou', nurse)
  const isPhoto = (message: { id: string }) => message.id === sentId
  const arrived = await messageFrom(doctor, toNurse, isPhoto, 'the photo')
  const received = await doctor.messenger.photo(arrived.id)
  stage.tally.arrived.add(arrived.id)
  const sent = await nurse.messenger.photo(sentId)
  if (!Buffer.from(sent).equals(Buffer.from(received))) throw new Error('the photo changed on its way')
  return {
    photoBytes: received.length,
    photoMetadata: findMetadata(received),
    photoMetadataInSource: findMetadata(source),
    secrets: [...slicesOf('photo as taken', source), ...slicesOf('photo as sent', received)],
  }
}

async function returnFromAway(
  stage: Scene,
  canaries: Canaries,
  pharmacist: Person,
  doctor: Person,
): Promise<void> {
  stage.say('The GP’s device goes away; the pharmacist writes; the device comes back.')
  await doctor.pli.close()
  const toDoctor = await pharmacist.messenger.openConversation(doctor.personId)
  const sentId = await pharmacist.messenger.sendText(toDoctor, canaries.offline)
  stage.tally.sent.add(sentId)
  await messageFrom(
    pharmacist,
    toDoctor,
    (message) => message.id === sentId && message.outgoing?.state === 'relayed',
    'the relay to have it',
  )
  const back = await comeBack(deviceOf(stage, doctor.slug), doctor)
  const toPharmacist = await back.messenger.openConversation(pharmacist.personId)
  const late = await messageFrom(back, toPharmacist, isText(canaries.offline), 'what was sent meanwhile')
  stage.tally.arrived.add(late.id)
  await messageFrom(
    pharmacist,
    toDoctor,
    (message) => message.id === sentId && message.outgoing?.state === 'delivered',
    'the receipt',
  )
  // The last acknowledgements are on their way.
  await sleep(1000)
  for (const person of [back, pharmacist]) await person.pli.close()
}
