// @pli/directory/sync: taking a register in and keeping up with it.

export type { DirectorySource } from '../source/source.ts'
export { describeReport, type SyncReport } from './report.ts'
export { type SyncOptions, type SyncProgress, synchronise } from './synchronise.ts'
export type { Refusal } from './verdict.ts'
