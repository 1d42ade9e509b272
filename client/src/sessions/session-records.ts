/** What is kept of other accounts' keys. Types only. */

/** Of one other account. */
export interface RemoteIdentityRecord {
  /** 33 bytes: the key that messages are sent to. */
  accepted: Uint8Array
  /** 33 bytes: a changed key that the person has not decided about. While it is here, nothing is sent. */
  pending?: Uint8Array
  /** Whether the person compared the safety number of `accepted`. */
  verified: boolean
}

/** A device of another account, as the relay names it. */
export interface Addressee {
  deviceId: number
  registrationId: number
}

export interface UsedBaseKeyRecord {
  usedAtMs: number
}
