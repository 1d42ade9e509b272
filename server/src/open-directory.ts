/**
 * Purpose: the directory that an installation has: invented people, or the register that was taken into its data folder.
 * Not concerned with taking it in (`directory-sync.ts`).
 */
import { computeSsinHmac, DirectoryError } from '@pli/directory'
import type { DirectoryReader, DirectoryStore } from '@pli/directory/store'
import { type ServerConfig, StartRefusal } from './config.ts'
import { openRemoteDirectory } from './directory-search/remote-directory.ts'
import { createStoredDirectory } from './directory-search/stored-directory.ts'
import { openSsinKey } from './directory-sync/ssin-key.ts'
import type { Directory } from './domain/directory/directory.ts'
import type { ClaimLookups } from './domain/sign-in/oidc-claims.ts'
import type { Log } from './log.ts'
import { openRegister, type RegisterPlace } from './open-register.ts'
import { openSandboxDirectory } from './sandbox/directory.ts'
import type { InstallationStore } from './storage/interfaces.ts'

export interface OpenedDirectory {
  directory: Directory
  lookups: ClaimLookups
  /** Absent for invented people. */
  register?: DirectoryReader
  close(): Promise<void>
}

/** Throws StartRefusal. */
export async function openDirectory(
  config: ServerConfig,
  installation: InstallationStore,
  log: Log,
): Promise<OpenedDirectory> {
  const { directory: settings } = config
  if (settings.kind === 'sandbox') {
    const opened = await openSandboxDirectory({ ...config, directory: settings }, installation, log)
    return { ...opened, close: () => opened.directory.close() }
  }
  const place = { dataDir: config.dataDir, mongodbUri: config.mongodbUri }
  const register = await openFilledRegister(place)
  try {
    const ssinKey = await openSsinKey(place, settings.ssinKeyFile)
    const found = openRemoteDirectory({
      source: { kind: 'store', ...place },
      currentVersion: () => register.current(),
      log,
    })
    const directory = createStoredDirectory(found, register)
    return {
      directory,
      register,
      lookups: {
        personOfSsin: (ssin) => directory.personIdBySsinHmac(computeSsinHmac(ssinKey, ssin)),
        personOfNihii8: (nihii8) => directory.personIdByNihii8(nihii8),
      },
      async close() {
        await directory.close()
        await register.close()
      },
    }
  } catch (error) {
    await register.close()
    throw error
  }
}

async function openFilledRegister(place: RegisterPlace): Promise<DirectoryStore> {
  const register = await openRegister(place).catch((error: unknown) => {
    if (!(error instanceof DirectoryError)) throw error
    throw new StartRefusal('The store of the directory cannot be opened, or was written by a newer version.')
  })
  if ((await register.current()) !== undefined) return register
  await register.close()
  throw new StartRefusal(
    'The directory has nobody yet: take a register in first, with the same DATA_DIR:\n  npm run directory:sync -- --source <address of the register>',
  )
}
