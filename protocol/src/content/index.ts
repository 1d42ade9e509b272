/** What is inside an envelope. Never imported by the relay. */
export * from './codec.ts'
export * from './limits.ts'
export * from './message.ts'
export * from './padding.ts'
