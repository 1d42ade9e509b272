export {
  compareSafetyNumber,
  computeSafetyNumber,
  type SafetyNumber,
  type SafetyNumberParty,
} from './safety-number.ts'
