/** How calls between nodes travel with the sockets. Implemented by `cluster/`; the relay's socket only passes them on. */
import type { ServerOptions } from 'socket.io'

export interface NodeCarrier {
  adapter: NonNullable<ServerOptions['adapter']>
  /** The socket server is there: `emit` reaches every other node, if Redis is. */
  opened(emit: (sealed: Uint8Array) => void): void
  received(sealed: Uint8Array): void
}
