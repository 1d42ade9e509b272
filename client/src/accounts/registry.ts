/**
 * The accounts of this device, as the lock screen shows them before any PIN. These records are not sealed: whoever
 * can read this browser's profile (or open the app on it) learns that this person, profession and place use Pli
 * here, their account id, and since when. Nothing about whom they write to. A counter PC that several people share
 * needs the names to choose from; nobody else's names are ever kept here.
 * Not concerned with keys, nor with what an account holds.
 */
import { accountId, type OwnAccount, roleProfession } from '@pli/protocol/wire'
import { z } from 'zod'
import type { Language, LocalAccountId } from '../api.ts'
import type { DeviceRecords } from './device-storage.ts'

export const ACCOUNT_PREFIX = 'account:'

const registeredAccount = z.object({
  version: z.literal(1),
  localId: z.custom<LocalAccountId>((value) => typeof value === 'string'),
  accountId,
  displayName: z.string(),
  profession: roleProfession,
  placeName: z.string(),
  addedAtMs: z.number(),
  /** Earlier copies of the same account on this device: they are gone, or about to be erased. */
  replaces: z.array(z.string()).optional(),
})
export type RegisteredAccount = z.output<typeof registeredAccount>

/** Oldest first. A record that cannot be read is left out, and so is one that another replaces. */
export async function listAccounts(records: DeviceRecords): Promise<RegisteredAccount[]> {
  const all = await readAll(records)
  const replaced = new Set<string>(all.flatMap(({ replaces = [] }) => replaces))
  return all.filter(({ localId }) => !replaced.has(localId)).sort((a, b) => a.addedAtMs - b.addedAtMs)
}

/** What a complete account took the place of and is still here. */
export async function listReplaced(records: DeviceRecords): Promise<string[]> {
  const all = await readAll(records)
  const replaced = new Set<string>(all.flatMap(({ replaces = [] }) => replaces))
  return all.map(({ localId }) => localId).filter((localId) => replaced.has(localId))
}

/** From this write on it is the only copy of its account that the lock screen shows. */
export async function addAccount(
  records: DeviceRecords,
  account: Omit<RegisteredAccount, 'replaces'>,
): Promise<void> {
  const others = (await readAll(records)).filter(
    ({ accountId, localId }) => accountId === account.accountId && localId !== account.localId,
  )
  const replaces = others.map(({ localId }) => localId)
  const record = replaces.length === 0 ? account : { ...account, replaces }
  await records.update(ACCOUNT_PREFIX + account.localId, () => record)
}

async function readAll(records: DeviceRecords): Promise<RegisteredAccount[]> {
  const found = await records.list(ACCOUNT_PREFIX)
  return found
    .map(({ value }) => registeredAccount.safeParse(value).data)
    .filter((account) => account !== undefined)
}

export async function removeAccount(records: DeviceRecords, localId: string): Promise<void> {
  await records.update(ACCOUNT_PREFIX + localId, () => undefined)
}

/** What the lock screen says of a person: name, and the first role that may practise. */
export function labelOf(
  person: OwnAccount['person'],
  language: Language,
): Pick<RegisteredAccount, 'displayName' | 'profession' | 'placeName'> {
  const role = person.roles.find(({ active }) => active) ?? person.roles[0]
  const { place } = role ?? {}
  return {
    displayName: `${person.firstName} ${person.lastName}`.trim(),
    profession: role?.profession ?? 'PHYSICIAN',
    placeName:
      (language === 'nl' ? place?.nl : language === 'de' ? (place?.de ?? place?.fr) : place?.fr) ?? '',
  }
}
