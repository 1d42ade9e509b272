/** What FHIR answers with when it does not answer. Source: OperationOutcome, R4. */

type IssueCode =
  | 'invalid'
  | 'not-found'
  | 'not-supported'
  | 'security'
  | 'login'
  | 'throttled'
  | 'too-costly'
  | 'transient'
  | 'exception'

export interface OperationOutcome {
  resourceType: 'OperationOutcome'
  issue: { severity: 'error' | 'warning'; code: IssueCode; diagnostics: string }[]
}

/** `diagnostics` are our own words: never a value that was sent. */
export function toOutcome(
  severity: 'error' | 'warning',
  code: IssueCode,
  ...diagnostics: string[]
): OperationOutcome {
  return {
    resourceType: 'OperationOutcome',
    issue: diagnostics.map((text) => ({ severity, code, diagnostics: text })),
  }
}

/** An answer that is a refusal. */
export interface FhirRefusal {
  /** of HTTP */
  status: number
  outcome: OperationOutcome
}

export function refuse(status: number, code: IssueCode, diagnostics: string): { refusal: FhirRefusal } {
  return { refusal: { status, outcome: toOutcome('error', code, diagnostics) } }
}
