/**
 * A WebSocket that hands the system what one turn of the event loop wrote as one piece. An envelope and its event, the
 * answers to a window of submissions: each is a frame of its own, and a call to the system for each, or only a buffer
 * for each, would cost more than everything else that is done for it. Frames are those of RFC 6455, section 5.2: whole,
 * unmasked, uncompressed. Not concerned with what is written.
 */
import type { Socket } from 'node:net'
import { type RawData, type ServerOptions, WebSocket, WebSocketServer } from 'ws'

type Sent = (error?: Error) => void

const TEXT = 0x81
const BINARY = 0x82
/** From so many bytes on a length takes two bytes of its own, and from the other on eight. */
const LENGTH_IN_TWO = 126
const LENGTH_IN_EIGHT = 65_536
const LONGEST_HEADER = 10

export class GatheringWebSocket extends WebSocket {
  #gathered: (string | Uint8Array)[] = []
  /** At most so many bytes, headers included. */
  #bytes = 0

  /** As socket.io calls it. `sent` is called at once: what counts the bytes that wait is the connection's window. */
  override send(data: RawData | string, optionsOrSent?: unknown, sent?: Sent): void {
    if (this.readyState !== WebSocket.OPEN || Array.isArray(data)) super.send(data)
    else this.#gather(data instanceof ArrayBuffer ? new Uint8Array(data) : data)
    const callback = typeof optionsOrSent === 'function' ? (optionsOrSent as Sent) : sent
    callback?.()
  }

  override close(code?: number, reason?: string | Buffer): void {
    this.#hand()
    super.close(code, reason)
  }

  #gather(data: string | Uint8Array): void {
    if (this.#gathered.length === 0) process.nextTick(() => this.#hand())
    this.#gathered.push(data)
    // A character is three bytes at most; pairs that stand for one are four together.
    this.#bytes += (typeof data === 'string' ? 3 * data.length : data.length) + LONGEST_HEADER
  }

  #hand(): void {
    const { _socket: socket } = this as unknown as { _socket: Socket | null }
    const gathered = this.#gathered
    if (gathered.length === 0) return
    const bytes = Buffer.allocUnsafe(this.#bytes)
    this.#gathered = []
    this.#bytes = 0
    let at = 0
    for (const data of gathered) at = writeFrame(bytes, at, data)
    if (this.readyState === WebSocket.OPEN) socket?.write(bytes.subarray(0, at))
  }
}

/** Returns where the frame ends. */
function writeFrame(bytes: Buffer, at: number, data: string | Uint8Array): number {
  const isText = typeof data === 'string'
  const length = isText ? Buffer.byteLength(data) : data.length
  bytes[at] = isText ? TEXT : BINARY
  let content = at + 2
  if (length < LENGTH_IN_TWO) bytes[at + 1] = length
  else if (length < LENGTH_IN_EIGHT) {
    bytes[at + 1] = 126
    content = bytes.writeUInt16BE(length, at + 2)
  } else {
    bytes[at + 1] = 127
    content = bytes.writeUInt32BE(length, bytes.writeUInt32BE(0, at + 2))
  }
  if (isText) bytes.write(data, content)
  else bytes.set(data, content)
  return content + length
}

/** What socket.io takes as its `wsEngine`. */
export class GatheringWebSocketServer extends WebSocketServer<typeof GatheringWebSocket> {
  constructor(options: ServerOptions) {
    super({ ...options, WebSocket: GatheringWebSocket })
  }
}
