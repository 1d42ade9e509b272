/** What tests of other packages need of the messenger's inside. No product code imports it. */
export { createCryptoEngine } from '../engine/crypto-engine.ts'
export type { SessionEngine } from '../engine/session-engine.ts'
export type { CrashPoint } from './crashing-rows.ts'
export { TestDevice } from './test-device.ts'
