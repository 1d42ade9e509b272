/** Locking by hand: nothing that was typed a moment ago is lost behind it. */
import type { LocalAccountId, Pli } from '@pli/client'
import { keepAll } from '../hooks/before-leaving.ts'

export async function lockNow(pli: Pli, localId: LocalAccountId): Promise<void> {
  await keepAll()
  await pli.lock(localId)
}
