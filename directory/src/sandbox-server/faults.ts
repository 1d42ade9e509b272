// Faults on request: for one request by its header, or for the next few by an order.
// Not concerned with the gaps of the feed (feed.ts).

import { z } from 'zod'

export const faultKinds = [
  /** the answer comes after `delayMs` */
  'slow',
  'error-500',
  'error-503',
  /** half of the answer, as if it were whole */
  'truncated',
  /** half of the answer, then the connection breaks */
  'cut-off',
  'wrong-namespace',
  /** a document type with entities that would grow to gigabytes */
  'entities',
  /** a hundred thousand elements in one another */
  'deep',
  /** 100 MB */
  'huge',
  'not-xml',
] as const

export type FaultKind = (typeof faultKinds)[number]
export const faces = ['addressbook', 'manifest', 'rows', 'notifications', 'consultation'] as const
export type Face = (typeof faces)[number]

export interface Fault {
  readonly kind: FaultKind
  readonly delayMs: number
}

export const faultOrderSchema = z.strictObject({
  kind: z.enum(faultKinds),
  next: z.number().int().min(1).max(1_000_000).default(1),
  face: z.enum(faces).optional(),
  delayMs: z.number().int().min(0).max(600_000).default(5_000),
})

export type FaultOrder = z.infer<typeof faultOrderSchema>

export interface Faults {
  order(order: FaultOrder): void
  clear(): void
  /** @param header the value of `x-sandbox-fault`, if the request has one */
  take(face: Face, header: string | undefined): Fault | undefined
}

export function createFaults(): Faults {
  let orders: { fault: Fault; face: Face | undefined; left: number }[] = []
  return {
    order({ kind, next, face, delayMs }) {
      orders.push({ fault: { kind, delayMs }, face, left: next })
    },
    clear() {
      orders = []
    },
    take(face, header) {
      const ofHeader = faultKinds.find((kind) => kind === header)
      if (ofHeader !== undefined) return { kind: ofHeader, delayMs: 5_000 }
      const order = orders.find((candidate) => candidate.face === undefined || candidate.face === face)
      if (order === undefined) return undefined
      order.left -= 1
      if (order.left === 0) orders = orders.filter((candidate) => candidate !== order)
      return order.fault
    },
  }
}
