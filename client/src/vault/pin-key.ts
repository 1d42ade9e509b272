/**
 * A PIN to a key: Argon2id (RFC 9106), 64 MiB, 3 passes, 1 lane, as WebAssembly that is loaded when first needed.
 * It occupies its thread for a few hundred milliseconds: in a browser this runs in a worker.
 * Not concerned with what the key wraps.
 */
import { ClientError } from '../errors.ts'

export const PIN_MIN_CHARS = 6
export const PIN_MAX_CHARS = 64

export interface Argon2Cost {
  memoryKiB: number
  passes: number
  lanes: number
}
export const argon2Cost: Argon2Cost = { memoryKiB: 64 * 1024, passes: 3, lanes: 1 }

/** Throws `pin_too_short`; a PIN beyond the maximum is refused as `bad_request`. */
export function checkNewPin(pin: string): void {
  const chars = [...normalise(pin)].length
  if (chars < PIN_MIN_CHARS) throw new ClientError('pin_too_short')
  if (chars > PIN_MAX_CHARS) throw new ClientError('bad_request')
}

/** 32 bytes. `salt`: 16 bytes. */
export async function derivePinKey(pin: string, salt: Uint8Array, cost: Argon2Cost): Promise<Uint8Array> {
  const { argon2id } = await import('hash-wasm')
  return argon2id({
    password: normalise(pin),
    salt,
    memorySize: cost.memoryKiB,
    iterations: cost.passes,
    parallelism: cost.lanes,
    hashLength: 32,
    outputType: 'binary',
  })
}

/** The same PIN from another keyboard is the same PIN. */
function normalise(pin: string): string {
  return pin.normalize('NFKC')
}
