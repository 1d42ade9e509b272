/** The part of a Worker, of a worker's global scope and of a MessagePort that both sides use. */
export interface Port {
  postMessage(message: unknown, options?: { transfer?: Transferable[] }): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
  /** Of a Worker: its script could not be loaded, or threw where nobody caught it. */
  addEventListener(type: 'error', listener: () => void): void
}
