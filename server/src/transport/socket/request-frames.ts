/**
 * The two requests that come with every message, taken from the frames of a connection before socket.io sees them: its
 * way from a frame to an event costs more than everything that is done for the request. Whatever is not exactly what
 * socket.io's client sends for them (packet types EVENT and BINARY_EVENT of the socket.io protocol, version 5, in the
 * engine's message packet) goes socket.io's way, frame by frame, as it came.
 * Not concerned with what requests mean, nor whether they are well-formed.
 */
import { limits } from '@pli/protocol/wire'
import type { WebSocket } from 'ws'

type FrameListener = (this: WebSocket, data: Buffer, isBinary: boolean) => void

/** Takes what arrived, unparsed, and the number under which the device waits for the answer. */
export type TakeRequest = (name: 'submit' | 'acknowledge', request: unknown, id: number) => void

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

/** `takes` says whether the connection still has its requests answered. */
export function takeRequests(webSocket: WebSocket, takes: () => boolean, take: TakeRequest): void {
  const others = webSocket.listeners('message') as FrameListener[]
  /** A submission whose envelopes are still to come, a frame each. */
  let waiting: Header | undefined
  const passOn = (data: Buffer, isBinary: boolean) => {
    for (const other of others) other.call(webSocket, data, isBinary)
  }
  const receiveContent = (header: Header, content: Buffer) => {
    const { contents, request, id } = header
    contents.push(content)
    if (contents.length < request.envelopes.length) return
    waiting = undefined
    for (const [index, envelope] of request.envelopes.entries()) envelope.content = contents[index]
    take('submit', request, id)
  }
  const receiveText = (text: Buffer) => {
    const acknowledgement = readAcknowledge(text)
    if (acknowledgement) return take('acknowledge', acknowledgement.request, acknowledgement.id)
    waiting = readSubmit(text)
    if (!waiting) passOn(text, false)
  }
  webSocket.removeAllListeners('message')
  webSocket.on('message', (data: Buffer, isBinary: boolean) => {
    if (waiting && isBinary && takes()) return receiveContent(waiting, data)
    if (waiting) {
      const { text, contents } = waiting
      waiting = undefined
      passOn(text, false)
      for (const content of contents) passOn(content, true)
    } else if (!isBinary && takes()) return receiveText(data)
    passOn(data, isBinary)
  })
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
