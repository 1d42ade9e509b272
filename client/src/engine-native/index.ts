/** libsignal's native library as the engine, for Node only. */

export type { SessionEngine } from '../engine/session-engine.ts'
export { createNativeEngine } from './native-engine.ts'
