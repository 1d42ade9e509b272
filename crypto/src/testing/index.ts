/** Devices in memory, for tests of other packages and for the interoperation run. Not for the product. */

export { spqrEpoch, spqrPhase } from './inspect.ts'
export { MemoryDevice } from './memory-device.ts'
export { MemorySenderKeys, senderKeyName } from './memory-sender-keys.ts'
export { MemoryStores } from './memory-stores.ts'
export { skipMessages } from './skip-messages.ts'
