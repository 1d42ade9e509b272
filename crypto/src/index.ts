/**
 * The Signal protocol for browsers and Node, byte-compatible with libsignal 0.103.0. Pure functions over serialisable
 * state: no network, no storage, no clock of its own.
 */

export * from './attachment/index.ts'
export { CryptoError, type CryptoErrorCode } from './errors.ts'
export * from './fingerprint/index.ts'
export { generateKeyPair, type KeyPair } from './primitives/curve.ts'
export { signXeddsa, verifyXeddsa } from './primitives/xeddsa.ts'
export * from './retry/index.ts'
export * from './sealed-sender/index.ts'
