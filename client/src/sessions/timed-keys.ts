/**
 * Keys of records about one envelope. Both ends know an envelope by the relay's receipt time alone; a few of one
 * conversation may share a millisecond.
 */
import type { AccountId } from '@pli/protocol/wire'
import type { Transaction } from '../store/record-store.ts'
import type { TableName } from '../store/schema.ts'

const MAX_SAME_TIME = 4

export function timedKeys(conversationId: AccountId, receivedAtMs: number): string[] {
  return Array.from({ length: MAX_SAME_TIME }, (_, nth) => `${conversationId} ${receivedAtMs} ${nth}`)
}

/** A key nobody has taken; the first of them when all are. */
export async function freeTimedKey(
  transaction: Transaction,
  table: TableName,
  conversationId: AccountId,
  receivedAtMs: number,
): Promise<string> {
  const keys = timedKeys(conversationId, receivedAtMs)
  for (const key of keys) {
    if ((await transaction.get(table, key)) === undefined) return key
  }
  return keys[0]!
}
