/**
 * Purpose: the sandbox's directory: generated people, and the look-ups that a sign-in is matched with.
 * Not concerned with the register's own connection, which replaces it in production.
 */
import { randomBytes } from 'node:crypto'
import { computeSsinHmac } from '@pli/directory'
import { refuseInProduction, type ServerConfig } from '../config.ts'
import { openPeople } from '../directory-search/open-people.ts'
import type { Directory } from '../domain/directory/directory.ts'
import type { ClaimLookups } from '../domain/sign-in/oidc-claims.ts'
import type { Log } from '../log.ts'
import type { InstallationStore } from '../storage/interfaces.ts'

const SSIN_KEY = 'ssin-hmac-key'
const SSIN_KEY_BYTES = 32

export interface SandboxDirectory {
  directory: Directory
  lookups: ClaimLookups
}

/** Throws StartRefusal in production. */
export async function openSandboxDirectory(
  config: ServerConfig & { directory: { kind: 'sandbox' } },
  installation: InstallationStore,
  log: Log,
): Promise<SandboxDirectory> {
  refuseInProduction(config, 'The directory of invented people')
  const ssinKey =
    (await installation.get(SSIN_KEY)) ??
    (await installation.putIfAbsent(SSIN_KEY, randomBytes(SSIN_KEY_BYTES)))
  const { seed, people } = config.directory
  const source = {
    kind: 'sandbox',
    seed,
    people,
    ssinKey: Buffer.from(ssinKey).toString('base64url'),
  } as const
  const directory = await openPeople({ source, log })
  return {
    directory,
    lookups: {
      personOfSsin: (ssin) => directory.personIdBySsinHmac(computeSsinHmac(ssinKey, ssin)),
      personOfNihii8: (nihii8) => directory.personIdByNihii8(nihii8),
    },
  }
}
