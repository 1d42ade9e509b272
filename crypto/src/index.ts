/**
 * The Signal protocol for browsers and Node, byte-compatible with libsignal 0.103.0. Pure functions over serialisable
 * state: no network, no storage, no clock of its own.
 */
export { CryptoError, type CryptoErrorCode } from './errors.ts'
export { generateKeyPair, type KeyPair } from './primitives/curve.ts'
export { signXeddsa, verifyXeddsa } from './primitives/xeddsa.ts'
