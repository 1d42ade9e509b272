/**
 * The two requests that come with every message, taken from the frames of a connection before socket.io sees them: its
 * way from a frame to an event costs more than everything that is done for the request. Whatever is not exactly what
 * socket.io's client sends for them (packet types EVENT and BINARY_EVENT of the socket.io protocol, version 5, in the
 * engine's message packet) goes socket.io's way, frame by frame, as it came.
 * Not concerned with what requests mean, nor whether they are well-formed.
 */
import { limits } from '@pli/protocol/wire'
import type { FrameTaker, GatheringWebSocket } from './gathering-web-socket.ts'

export interface RequestTaker {
  /** False: what comes is nobody's business any more. */
  readonly takesRequests: boolean
  /** Takes what arrived, unparsed, and the number under which the device waits for the answer. */
  take(name: 'submit' | 'acknowledge', request: unknown, id: number): void
}

interface Header {
  text: Buffer
  id: number
  request: { envelopes: { content: unknown }[] }
  contents: Buffer[]
}

const MESSAGE = 0x34
const EVENT = 0x32
const BINARY_EVENT = 0x35
const ACKNOWLEDGE = '["acknowledge",'
const SUBMIT = '["submit",'
const DIGITS = /^\d{1,15}$/
const COUNT_AND_ID = /^(\d{1,3})-(\d{1,15})$/

export class RequestFrames implements FrameTaker {
  readonly #taker: RequestTaker
  /** A submission whose envelopes are still to come, a frame each. */
  #waiting: Header | undefined

  constructor(taker: RequestTaker) {
    this.#taker = taker
  }

  receive(data: Buffer, isBinary: boolean, from: GatheringWebSocket): void {
    const waiting = this.#waiting
    const { takesRequests } = this.#taker
    if (waiting && isBinary && takesRequests) {
      this.#receiveContent(waiting, data)
      return
    }
    if (waiting) {
      this.#waiting = undefined
      from.passOn(waiting.text, false)
      for (const content of waiting.contents) from.passOn(content, true)
    } else if (!isBinary && takesRequests && this.#receiveText(data)) return
    from.passOn(data, isBinary)
  }

  #receiveContent(header: Header, content: Buffer): void {
    const { contents, request, id } = header
    contents.push(content)
    if (contents.length < request.envelopes.length) return
    this.#waiting = undefined
    for (const [index, envelope] of request.envelopes.entries()) envelope.content = contents[index]
    this.#taker.take('submit', request, id)
  }

  #receiveText(text: Buffer): boolean {
    const acknowledgement = readAcknowledge(text)
    if (acknowledgement) this.#taker.take('acknowledge', acknowledgement.request, acknowledgement.id)
    else this.#waiting = readSubmit(text)
    return acknowledgement !== undefined || this.#waiting !== undefined
  }
}

function readAcknowledge(text: Buffer): { id: number; request: unknown } | undefined {
  if (text[0] !== MESSAGE || text[1] !== EVENT) return undefined
  const packet = text.toString()
  const at = packet.indexOf('[')
  if (!packet.startsWith(ACKNOWLEDGE, at)) return undefined
  const id = packet.slice(2, at)
  const request = readOnlyValue(packet, at)
  return DIGITS.test(id) && request !== undefined ? { id: Number(id), request } : undefined
}

function readSubmit(text: Buffer): Header | undefined {
  if (text[0] !== MESSAGE || text[1] !== BINARY_EVENT) return undefined
  const packet = text.toString()
  const at = packet.indexOf('[')
  if (!packet.startsWith(SUBMIT, at)) return undefined
  const [, count, id] = COUNT_AND_ID.exec(packet.slice(2, at)) ?? []
  const request = readOnlyValue(packet, at)
  if (id === undefined || !holdsPlaces(request, Number(count))) return undefined
  return { text, id: Number(id), request, contents: [] }
}

/** What follows the event's name, when it is one value. */
function readOnlyValue(packet: string, at: number): unknown {
  try {
    const values: unknown = JSON.parse(packet.slice(at))
    return Array.isArray(values) && values.length === 2 ? values[1] : undefined
  } catch {
    return undefined
  }
}

/** The places for the envelopes' bytes are where they belong and in the order of the frames. */
function holdsPlaces(request: unknown, count: number): request is Header['request'] {
  if (typeof request !== 'object' || request === null || !('envelopes' in request)) return false
  const { envelopes } = request
  return (
    Array.isArray(envelopes) &&
    envelopes.length === count &&
    count > 0 &&
    // More would only gather in memory: socket.io refuses them at their announcement.
    count <= limits.devicesPerAccount &&
    envelopes.every((envelope: unknown, index) => isPlace(envelope, index))
  )
}

function isPlace(envelope: unknown, index: number): boolean {
  if (typeof envelope !== 'object' || envelope === null || !('content' in envelope)) return false
  const { content } = envelope
  if (typeof content !== 'object' || content === null || !('_placeholder' in content)) return false
  return content._placeholder === true && 'num' in content && content.num === index
}
