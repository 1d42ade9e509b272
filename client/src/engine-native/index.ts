/** libsignal's native library as the engine, for Node only. */
export { createNativeEngine } from './native-engine.ts'
export type { SessionEngine } from '../engine/session-engine.ts'
