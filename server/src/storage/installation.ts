/** The installation's own named secrets and settings (VAPID pair, certificate keys, HMAC key), as bytes. */
export interface InstallationStore {
  get(name: string): Promise<Uint8Array | undefined>
  /** Stores unless there is one; returns what is stored afterwards. */
  putIfAbsent(name: string, value: Uint8Array): Promise<Uint8Array>
  set(name: string, value: Uint8Array): Promise<void>
  delete(name: string): Promise<void>
}
