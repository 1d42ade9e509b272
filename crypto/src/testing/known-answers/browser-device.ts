/**
 * A device in a page, for a test that holds it against the native library outside. Values cross as text: bytes are
 * `{"hex": …}`.
 */
import { bytesToHex, hexToBytes } from '../../primitives/bytes.ts'
import { MemoryDevice } from '../memory-device.ts'

export interface BrowserDevice {
  create(address: string): Promise<string>
  publishBundle(): Promise<string>
  open(bundle: string, remote: string): Promise<void>
  encrypt(plaintext: string, remote: string): Promise<string>
  decrypt(message: string, remote: string): Promise<string>
}

let device: MemoryDevice | undefined

export const browserDevice: BrowserDevice = {
  async create(address) {
    device = await MemoryDevice.create(read(address))
    return write(device.identity.publicKey)
  },
  async publishBundle() {
    return write(await here().publishBundle())
  },
  async open(bundle, remote) {
    await here().open(read(bundle), read(remote))
  },
  async encrypt(plaintext, remote) {
    return write(await here().encrypt(read(plaintext), read(remote)))
  },
  async decrypt(message, remote) {
    return write(await here().decrypt(read(message), read(remote)))
  },
}

function here(): MemoryDevice {
  if (!device) throw new Error('no device was made')
  return device
}

function write(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part instanceof Uint8Array ? { hex: bytesToHex(part) } : part,
  )
}

function read<T>(text: string): T {
  return JSON.parse(text, (_, part: { hex?: unknown } | null) =>
    typeof part?.hex === 'string' ? hexToBytes(part.hex) : part,
  ) as T
}
