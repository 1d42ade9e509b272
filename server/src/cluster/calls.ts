/**
 * What nodes tell each other, several calls at a time. Kept small and open: a call that a newer version makes and this one
 * does not know is passed over, so that nodes can be upgraded one after the other.
 * Not concerned with how calls are sealed (`sealed-calls.ts`) or carried (`open-cluster.ts`).
 */
import { accountId, deviceId } from '@pli/protocol/wire'
import { z } from 'zod'

const reason = z.enum(['removed', 'replaced', 'account_deleted', 'licence_inactive'])

const call = z.discriminatedUnion('is', [
  /** `question`: whoever has the device says so with it. */
  z.object({ is: z.literal('wake'), accountId, deviceId, question: z.number().optional() }),
  z.object({ is: z.literal('held'), questions: z.array(z.number()) }),
  z.object({ is: z.literal('tookOver'), accountId, deviceId, atMs: z.number() }),
  z.object({ is: z.literal('cutOff'), accountId, deviceId, reason }),
  z.object({ is: z.literal('cutOffAccount'), accountId, reason }),
])
export type Call = z.output<typeof call>

export function encodeCalls(calls: Call[]): Uint8Array {
  return Buffer.from(JSON.stringify(calls))
}

/** Those that are understood. */
export function decodeCalls(bytes: Uint8Array): Call[] {
  const parsed: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
  if (!Array.isArray(parsed)) return []
  return parsed.flatMap((one) => {
    const known = call.safeParse(one)
    return known.success ? [known.data] : []
  })
}
