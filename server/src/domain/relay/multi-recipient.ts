/**
 * Reads an upload that was sealed for many recipients (sealed sender, version 2) and cuts it into what each of them is
 * to get, with the native library.
 *
 * Not concerned with whether the accounts and devices exist: `device-lists.ts` compares. No route takes such uploads
 * yet.
 */
import SealedSenderMultiRecipientMessage from '@signalapp/libsignal-client/dist/SealedSenderMultiRecipientMessage.js'
import { RelayError } from '../../errors.ts'

/** Recipients of one upload, those left out included. */
const MAX_RECIPIENTS = 1_000
const ACCOUNT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export interface RecipientPart {
  /** Lower-case UUID. */
  readonly accountId: string
  /** As the sender knows them; at least one, none twice. */
  readonly deviceIds: readonly number[]
  /** One for each device, in the same order; 14 bits. */
  readonly registrationIds: readonly number[]
  /** The sealed message as every device of the account gets it. */
  readonly bytes: Uint8Array
}

export interface MultiRecipientUpload {
  readonly recipients: readonly RecipientPart[]
  /** Accounts that the sender left out on purpose. */
  readonly excludedAccountIds: readonly string[]
}

/**
 * @throws RelayError `bad_request` for bytes that are no upload, recipients that are no accounts, a device twice, nobody
 *   to deliver to, or more than 1,000 of them
 */
export function readMultiRecipientUpload(upload: Uint8Array): MultiRecipientUpload {
  const parsed = parse(upload)
  const recipients = Object.entries(parsed.recipientsByServiceIdString())
  const excludedAccountIds = parsed.excludedRecipientServiceIdStrings()
  const accountIds = [...recipients.map(([accountId]) => accountId), ...excludedAccountIds]
  if (recipients.length === 0 || accountIds.length > MAX_RECIPIENTS) throw malformed()
  if (!accountIds.every((id) => ACCOUNT_ID.test(id))) throw malformed()
  return {
    recipients: recipients.map(([accountId, recipient]) => {
      const { deviceIds, registrationIds } = recipient
      if (new Set(deviceIds).size !== deviceIds.length) throw malformed()
      return { accountId, deviceIds, registrationIds, bytes: parsed.messageForRecipient(recipient) }
    }),
    excludedAccountIds,
  }
}

function parse(upload: Uint8Array): SealedSenderMultiRecipientMessage {
  try {
    return new SealedSenderMultiRecipientMessage(Uint8Array.from(upload))
  } catch {
    throw malformed()
  }
}

function malformed(): RelayError {
  return new RelayError('bad_request', 'no upload for many recipients')
}
