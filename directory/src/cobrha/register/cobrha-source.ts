// CoBRHA as a source of the directory: snapshot, notifications, and one person by consultation.
// Source: the public CoBRHA-shaped JSON for a consultation's answer; the paths are assumed (snapshot.ts,
// notifications.ts).
// Not concerned with the AddressBook: that one is asked about a person at registration (addressbook/).

import { z } from 'zod'
import { DirectoryError } from '../../errors.ts'
import { computeSsinHmac } from '../../identifiers/ssin-lookup.ts'
import type { DirectorySource } from '../../source/source.ts'
import { createWire, type WireOptions } from '../wire/http-wire.ts'
import type { RetryOptions } from '../wire/retry.ts'
import { readChanges } from './notifications.ts'
import { readRecord } from './record.ts'
import { getJson, type RegisterConnection } from './register-connection.ts'
import { readSnapshot } from './snapshot.ts'

export interface CobrhaSourceOptions extends WireOptions, Omit<RetryOptions, 'signal'> {
  /** of the register: `https://…`; `cobrha/v1/` is put behind it */
  readonly url: string
  /** 32 bytes or more, the same as the sign-in's: SSINs leave the connector only as look-up values under it */
  readonly ssinKey: Uint8Array
  readonly nowMs?: () => number
}

const consultationSchema = z.object({
  healthcareProfessionals: z.array(z.unknown()).max(1),
  total: z.number().int().min(0),
})

/** @throws DirectoryError `ssin-key-too-short` */
export function createCobrhaSource(options: CobrhaSourceOptions): DirectorySource & { close(): void } {
  const lookUp = (ssin: string): string => computeSsinHmac(options.ssinKey, ssin)
  lookUp('')
  const connection: RegisterConnection = {
    wire: createWire(options),
    base: new URL('cobrha/v1/', options.url.endsWith('/') ? options.url : `${options.url}/`),
    retry: options,
    nowMs: options.nowMs ?? Date.now,
    lookUp,
  }
  return {
    name: 'cobrha',
    snapshot: ({ after, signal } = {}) => readSnapshot(connection, after, signal),
    changes: (since, { signal } = {}) => readChanges(connection, since, signal),
    async fetchPerson(personId, { signal } = {}) {
      const path = `healthCareProviders/${encodeURIComponent(personId)}`
      const answer = await getJson(connection, path, consultationSchema, signal)
      // Somebody who is gone is an empty answer. A 404 is a wrong address, and must not make everybody vanish.
      if (answer === undefined)
        throw new DirectoryError('source-malformed', 'The register has no consultation at this address.')
      const record = answer.healthcareProfessionals[0]
      return record === undefined ? undefined : readRecord(record, lookUp)
    },
    close: () => connection.wire.close(),
  }
}
