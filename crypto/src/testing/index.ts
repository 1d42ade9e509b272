/** Devices in memory and what only tests may replace, for tests of other packages and for the interoperation run. Not for the product. */

export { chooseX25519, type X25519Name, x25519Name } from '../primitives/key-agreement.ts'
export { type RandomSource, replaceRandomSource } from '../primitives/random.ts'
export { spqrEpoch, spqrPhase } from './inspect.ts'
export { MemoryDevice } from './memory-device.ts'
export { MemorySenderKeys, senderKeyName } from './memory-sender-keys.ts'
export { MemoryStores } from './memory-stores.ts'
export { skipMessages } from './skip-messages.ts'
