/** Every check, for both runners: Node (`src/known-answers.test.ts`) and Chromium (`test/vectors-browser/`). */
import type { Check } from './check.ts'
import { curveChecks } from './curve.ts'
import { mlKemChecks } from './ml-kem.ts'
import { roundTripChecks } from './round-trips.ts'
import { signatureCheckChecks } from './signature-check.ts'
import { symmetricChecks } from './symmetric.ts'

export const checks: readonly Check[] = [
  ...curveChecks,
  ...signatureCheckChecks,
  ...symmetricChecks,
  ...mlKemChecks,
  ...roundTripChecks,
]
export { type Check, type CheckResult, type ReadVectors, runCheck } from './check.ts'
