// @pli/directory/fhir: the directory as FHIR R4. Pure: who knows the people, and who may ask, is the caller's.

export { createFhirFace, type FhirFace } from './answer.ts'
export { toCapabilityStatement } from './capability-statement.ts'
export { type FhirRefusal, type OperationOutcome, toOutcome } from './outcome.ts'
export { readSearch } from './read-search.ts'
export { type ResourceType, resourceTypes } from './resources.ts'
export type { BatchOfPeople, FhirSource } from './source.ts'
