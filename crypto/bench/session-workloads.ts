/** Set-up and ping-pong, the same calls for this implementation and for the native one. */
import type { CiphertextMessage, PreKeyBundle, ProtocolAddress } from '../src/index.ts'
import type { Workloads } from './subject.ts'

/** What `MemoryDevice` and the native device of the interoperation tests have in common. */
export interface BenchDevice {
  readonly address: ProtocolAddress
  publishBundle(): Promise<PreKeyBundle>
  open(bundle: PreKeyBundle, remote: ProtocolAddress): Promise<void>
  encrypt(plaintext: Uint8Array, remote: ProtocolAddress): Promise<CiphertextMessage>
  decrypt(message: CiphertextMessage, remote: ProtocolAddress): Promise<Uint8Array>
}

export interface BenchPair {
  readonly a: BenchDevice
  readonly b: BenchDevice
  /** Drops all sessions and gives the recipient its one-time prekey back. */
  readonly startOver: () => void
}

export async function sessionWorkloads(
  setUp: BenchPair,
  talk: Pick<BenchPair, 'a' | 'b'>,
): Promise<Workloads> {
  const bundle = await setUp.b.publishBundle()
  const { a, b } = talk
  await a.open(await b.publishBundle(), b.address)
  await pass(a, b, new Uint8Array(1))
  await pass(b, a, new Uint8Array(1))
  return {
    'session set-up': {
      operations: 1,
      work: async () => {
        setUp.startOver()
        await setUp.a.open(bundle, setUp.b.address)
        await pass(setUp.a, setUp.b, new Uint8Array(50))
      },
    },
    'ping-pong 50 B': { operations: 2, work: () => pingPong(talk, new Uint8Array(50)) },
    'ping-pong 1 KB': { operations: 2, work: () => pingPong(talk, new Uint8Array(1_024)) },
  }
}

// every message answers one, so each carries a new ratchet key
async function pingPong({ a, b }: Pick<BenchPair, 'a' | 'b'>, plaintext: Uint8Array): Promise<void> {
  await pass(a, b, plaintext)
  await pass(b, a, plaintext)
}

async function pass(from: BenchDevice, to: BenchDevice, plaintext: Uint8Array): Promise<void> {
  const received = await to.decrypt(await from.encrypt(plaintext, to.address), from.address)
  if (received.length !== plaintext.length) throw new Error('a message came out otherwise')
}
