/** The messenger without a screen. */
export * from './api.ts'
export * from './errors.ts'
