/**
 * A WebSocket that hands the system what one turn of the event loop wrote as one piece. An envelope and its event, the
 * answers to a window of submissions: each is a frame of its own, and a call to the system for each, or only a buffer
 * for each, would cost more than everything else that is done for it. Frames are those of RFC 6455, section 5.2: whole,
 * unmasked, uncompressed. Not concerned with what is written.
 */
import type { Socket } from 'node:net'
import { type RawData, type ServerOptions, WebSocket, WebSocketServer } from 'ws'

type Sent = (error?: Error) => void

/** Sees each message before anybody else does. What it does not take it passes on. */
export interface FrameTaker {
  receive(data: Buffer, isBinary: boolean, from: GatheringWebSocket): void
}

const TEXT = 0x81
const BINARY = 0x82
/** From so many bytes on a length takes two bytes of its own, and from the other on eight. */
const LENGTH_IN_TWO = 126
const LENGTH_IN_EIGHT = 65_536

export class GatheringWebSocket extends WebSocket {
  /** In place of a listener: listeners that come and go cost a connection kilobytes. */
  taker: FrameTaker | undefined
  #gathered: (string | Uint8Array)[] = []
  /** Of their frames together. */
  #bytes = 0

  /** As socket.io calls it. `sent` is called at once: what counts the bytes that wait is the connection's window. */
  override send(data: RawData | string, optionsOrSent?: unknown, sent?: Sent): void {
    if (this.readyState !== WebSocket.OPEN || Array.isArray(data)) super.send(data)
    else this.#gather(data instanceof ArrayBuffer ? new Uint8Array(data) : data)
    const callback = typeof optionsOrSent === 'function' ? (optionsOrSent as Sent) : sent
    callback?.()
  }

  /** As `ws` calls it. */
  override emit(name: string | symbol, ...values: unknown[]): boolean {
    if (name !== 'message' || !this.taker) return super.emit(name, ...values)
    this.taker.receive(values[0] as Buffer, values[1] as boolean, this)
    return true
  }

  passOn(data: Buffer, isBinary: boolean): void {
    super.emit('message', data, isBinary)
  }

  override close(code?: number, reason?: string | Buffer): void {
    this.#hand()
    super.close(code, reason)
  }

  #gather(data: string | Uint8Array): void {
    if (this.#gathered.length === 0) process.nextTick(() => this.#hand())
    this.#gathered.push(data)
    const length = lengthOf(data)
    this.#bytes += headerLengthOf(length) + length
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
    if (this.readyState === WebSocket.OPEN) socket?.write(bytes)
  }
}

/** Returns where the frame ends. */
function writeFrame(bytes: Buffer, at: number, data: string | Uint8Array): number {
  const length = lengthOf(data)
  const content = at + headerLengthOf(length)
  bytes[at] = typeof data === 'string' ? TEXT : BINARY
  if (length < LENGTH_IN_TWO) bytes[at + 1] = length
  else if (length < LENGTH_IN_EIGHT) {
    bytes[at + 1] = 126
    bytes.writeUInt16BE(length, at + 2)
  } else {
    bytes[at + 1] = 127
    bytes.writeUInt32BE(length, bytes.writeUInt32BE(0, at + 2))
  }
  if (typeof data === 'string') bytes.write(data, content)
  else bytes.set(data, content)
  return content + length
}

function lengthOf(data: string | Uint8Array): number {
  return typeof data === 'string' ? Buffer.byteLength(data) : data.length
}

function headerLengthOf(length: number): number {
  if (length < LENGTH_IN_TWO) return 2
  return length < LENGTH_IN_EIGHT ? 4 : 10
}

/** What socket.io takes as its `wsEngine`. */
export class GatheringWebSocketServer extends WebSocketServer<typeof GatheringWebSocket> {
  constructor(options: ServerOptions) {
    super({ ...options, WebSocket: GatheringWebSocket })
  }
}
