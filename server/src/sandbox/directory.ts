/**
 * Purpose: the sandbox's directory: generated people, and the look-ups that a sign-in is matched with.
 * Not concerned with the register's own connection, which replaces it in production.
 */
import { randomBytes } from 'node:crypto'
import { computeSsinHmac, createDirectoryIndex, type DirectoryIndex } from '@pli/directory'
import { generateSandbox } from '@pli/directory/sandbox'
import { refuseInProduction, type ServerConfig } from '../config.ts'
import type { ClaimLookups } from '../domain/sign-in/oidc-claims.ts'
import type { InstallationStore } from '../storage/interfaces.ts'

const SSIN_KEY = 'ssin-hmac-key'
const SSIN_KEY_BYTES = 32

export interface SandboxDirectory {
  index: DirectoryIndex
  lookups: ClaimLookups
}

/** Throws StartRefusal in production. */
export async function openSandboxDirectory(
  config: ServerConfig,
  installation: InstallationStore,
): Promise<SandboxDirectory> {
  refuseInProduction(config, 'The directory of invented people')
  const ssinKey =
    (await installation.get(SSIN_KEY)) ??
    (await installation.putIfAbsent(SSIN_KEY, randomBytes(SSIN_KEY_BYTES)))
  const { seed, people } = config.directory
  const index = createDirectoryIndex(generateSandbox({ seed, people, ssinKey }).people)
  return {
    index,
    lookups: {
      personOfSsin: (ssin) => index.bySsinHmac(computeSsinHmac(ssinKey, ssin))?.personId,
      personOfNihii8: (nihii8) => index.byNihii8(nihii8)?.personId,
    },
  }
}
