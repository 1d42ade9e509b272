/**
 * The checks as a page runs them. The page's server gives the large files under `/shared/`, or says that they are absent.
 * Started by `test/vectors-browser/`.
 */
import { x25519Name } from '../../primitives/key-agreement.ts'
import { type BrowserDevice, browserDevice } from './browser-device.ts'
import { type CheckResult, checks, type ReadVectors, runCheck } from './index.ts'

export interface BrowserReport {
  readonly secureContext: boolean
  /** Which X25519 the sessions chose. */
  readonly x25519: string
  readonly results: readonly CheckResult[]
}

declare global {
  var deviceInPage: BrowserDevice
  var runKnownAnswers: () => Promise<BrowserReport>
}

globalThis.deviceInPage = browserDevice

const loaded = new Map<string, unknown>()

const read: ReadVectors = async (file) => {
  if (loaded.has(file)) return loaded.get(file)
  const response = await fetch(`/shared/${file}`)
  const vectors: unknown = response.ok ? await response.json() : undefined
  loaded.set(file, vectors)
  return vectors
}

globalThis.runKnownAnswers = async () => {
  const results: CheckResult[] = []
  for (const check of checks) results.push(await runCheck(check, read))
  return { secureContext: globalThis.isSecureContext, x25519: await x25519Name(), results }
}
