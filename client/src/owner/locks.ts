/**
 * An exclusive lock by name that ends with whoever holds it, crash included: the Web Locks API in a browser, the
 * operating system's file locks in Node, a queue where one process is all there is.
 * Not concerned with what a lock protects.
 */
export interface LockHolder {
  held(): void
  /** It was taken away while held. */
  taken(): void
}

export interface Locks {
  /** Queues for the lock. Returns the way out: of the queue, or of the lock. */
  request(name: string, holder: LockHolder): () => void
}
