/** Photos in a browser. In Node, `node.ts` has the same `preparePhoto`. */
export { preparePhoto } from './browser.ts'
export { PhotoError, type PhotoErrorCode } from './errors.ts'
export { findMetadata } from './metadata.ts'
export type { PreparedPhoto } from './prepare.ts'
