/** Devices in memory, for tests of other packages and for the interoperation run. Not for the product. */
export { spqrEpoch } from '../session/spqr/spqr.ts'
export { MemoryDevice } from './memory-device.ts'
export { MemoryStores } from './memory-stores.ts'
