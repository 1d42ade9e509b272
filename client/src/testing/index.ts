/** What tests of other packages need of the messenger's inside. No product code imports it. */
export type { CrashPoint } from './crashing-rows.ts'
export { TestDevice } from './test-device.ts'
