/**
 * A WebSocket that hands the system what one turn of the event loop wrote as one piece. An envelope and its event, the
 * answers to a window of submissions: each is a frame of its own, and a call to the system for each would cost more than
 * everything else that is done for it. Not concerned with what is written.
 */
import type { Socket } from 'node:net'
import { type RawData, type ServerOptions, WebSocket, WebSocketServer } from 'ws'

type Sent = (error?: Error) => void

export class GatheringWebSocket extends WebSocket {
  #corked = false

  /** As socket.io calls it. `sent` is called at once: what counts the bytes that wait is the connection's window. */
  override send(data: RawData | string, optionsOrSent?: unknown, sent?: Sent): void {
    this.#gather()
    super.send(data)
    const callback = typeof optionsOrSent === 'function' ? (optionsOrSent as Sent) : sent
    callback?.()
  }

  #gather(): void {
    const { _socket: socket } = this as unknown as { _socket: Socket | null }
    if (this.#corked || !socket) return
    this.#corked = true
    socket.cork()
    process.nextTick(() => {
      this.#corked = false
      socket.uncork()
    })
  }
}

/** What socket.io takes as its `wsEngine`. */
export class GatheringWebSocketServer extends WebSocketServer<typeof GatheringWebSocket> {
  constructor(options: ServerOptions) {
    super({ ...options, WebSocket: GatheringWebSocket })
  }
}
