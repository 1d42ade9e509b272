/** Memory that the thread and its watcher share: what is being tried, and since when. */
export interface FuzzOrders {
  readonly seed: number
  readonly seconds: number
  readonly shared: SharedArrayBuffer
}

const NAME_BYTES = 64
const HEAD_BYTES = 16
const INPUT_AT = HEAD_BYTES + NAME_BYTES
export const SHARED_BYTES = INPUT_AT + 320_000

/** Numbers at the start: how many inputs so far, length of the name, length of the input. */
export function writeInput(shared: SharedArrayBuffer, target: string, input: Uint8Array): void {
  const head = new Int32Array(shared, 0, 3)
  const name = new TextEncoder().encode(target).subarray(0, NAME_BYTES)
  new Uint8Array(shared, HEAD_BYTES).set(name)
  const kept = input.subarray(0, SHARED_BYTES - INPUT_AT)
  new Uint8Array(shared, INPUT_AT).set(kept)
  head[1] = name.length
  head[2] = kept.length
  Atomics.add(head, 0, 1)
}

export function readInput(shared: SharedArrayBuffer): { count: number; target: string; input: Uint8Array } {
  const [count = 0, nameLength = 0, inputLength = 0] = new Int32Array(shared, 0, 3)
  const name = Uint8Array.from(new Uint8Array(shared, HEAD_BYTES, nameLength))
  const input = Uint8Array.from(new Uint8Array(shared, INPUT_AT, inputLength))
  return { count, target: new TextDecoder().decode(name), input }
}
