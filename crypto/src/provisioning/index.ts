export type { ProvisioningContents } from './contents.ts'
export { ExistingDeviceLinking } from './existing-device.ts'
export { NewDeviceLinking } from './new-device.ts'
