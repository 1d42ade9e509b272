export {
  hashRecord,
  MAX_RECORD_BODY_LENGTH,
  RECORD_HASH_LENGTH,
  type RecordParty,
  type SignableRecord,
} from './record.ts'
export {
  type IdentityRotation,
  type RotationReason,
  rotateIdentity,
  rotationsConflict,
  verifyIdentityRotation,
} from './rotation.ts'
export {
  type ExpectedRecord,
  MAX_SIGNED_RECORD_LENGTH,
  readUnverifiedRecord,
  signRecord,
  verifyRecord,
} from './sign.ts'
