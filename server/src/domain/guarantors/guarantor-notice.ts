/**
 * Purpose: telling a guarantor that somebody waits for their decision: an open app at once, an absent one by a push
 * without content; and on Sundays those who have not decided yet. Not concerned with what they are shown.
 */
import { randomBytes } from 'node:crypto'
import type { PersonId } from '@pli/protocol/wire'
import type { DeviceAddress, Storage } from '../../storage/interfaces.ts'
import type { OtherNodes } from '../relay/other-nodes.ts'

const DIGEST_FROM_HOUR = 9
const READ_AT_ONCE = 500
const DAY_MS = 24 * 3600_000

export interface GuarantorNotice {
  /** What one person has to decide, or answers for, has changed. `urgent`: wakes an absent device. */
  tell(guarantorId: PersonId, options: { urgent: boolean }): Promise<void>
  /** Once on every Sunday after nine, Brussels time: a push to each who has something to decide. */
  digest(nowMs: number): Promise<void>
}

interface Sources {
  storage: Pick<Storage, 'accounts' | 'devices' | 'guarantees' | 'installation'>
  connections: { tellOfGuarantees(address: DeviceAddress): boolean }
  others: Pick<OtherNodes, 'wake'>
}

export function createGuarantorNotice({ storage, connections, others }: Sources): GuarantorNotice {
  const { accounts, devices, guarantees, installation } = storage

  async function tell(guarantorId: PersonId, { urgent }: { urgent: boolean }): Promise<void> {
    const account = await accounts.byPersonId(guarantorId)
    if (account === undefined) return
    for (const device of await devices.listByAccount(account.accountId)) {
      if (!connections.tellOfGuarantees(device) && urgent) others.wake(device, urgent)
    }
  }

  /** Of several relays on one store, one gives the digest of a day. */
  async function isOurs(day: string): Promise<boolean> {
    const draw = randomBytes(16)
    return draw.equals(await installation.putIfAbsent(`guarantor-digest ${day}`, draw))
  }

  return {
    tell,
    async digest(nowMs) {
      const now = brusselsTime(nowMs)
      if (now.weekday !== 'Sun' || now.hour < DIGEST_FROM_HOUR || !(await isOurs(now.day))) return
      await installation.delete(`guarantor-digest ${brusselsTime(nowMs - 7 * DAY_MS).day}`)
      const waitedFor = new Set<PersonId>()
      let after: Awaited<ReturnType<typeof guarantees.listByState>>[number] | undefined
      for (;;) {
        const page = await guarantees.listByState('pending', after?.guaranteeId, READ_AT_ONCE)
        for (const { guarantorId } of page) waitedFor.add(guarantorId)
        after = page.at(-1)
        if (page.length < READ_AT_ONCE) break
      }
      for (const guarantorId of waitedFor) await tell(guarantorId, { urgent: true })
    },
  }
}

function brusselsTime(atMs: number): { weekday: string; hour: number; day: string } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/Brussels',
    hourCycle: 'h23',
    weekday: 'short',
    hour: 'numeric',
    ...({ year: 'numeric', month: '2-digit', day: '2-digit' } as const),
  })
  const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]))
  return {
    weekday: parts.weekday ?? '',
    hour: Number(parts.hour),
    day: `${parts.year}-${parts.month}-${parts.day}`,
  }
}
