/**
 * Purpose: `npm run directory:sync`: takes the register into the data folder, beside a relay that may be running, and
 * with `--watch` keeps up with it. Not concerned with how (`@pli/directory/sync`), nor with searching.
 */
import { mkdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { DirectoryError } from '@pli/directory'
import type { DirectoryStore } from '@pli/directory/store'
import { describeReport, type SyncReport, synchronise } from '@pli/directory/sync'
import { StartRefusal } from './config.ts'
import { readSyncOptions, type SyncSettings, USAGE } from './directory-sync/options.ts'
import { createProgress } from './directory-sync/progress.ts'
import { type OpenedSource, openSource } from './directory-sync/sources.ts'
import { openSsinKey } from './directory-sync/ssin-key.ts'
import { openRegister } from './open-register.ts'
import { withSecretFiles } from './secret-files.ts'

/** A refused register is looked at again after this long: each look reads all of it. */
const REFUSED_PAUSE_MS = 3600_000

const EXIT = { upToDate: 0, failed: 1, usage: 2, refused: 3 }

async function main(): Promise<number> {
  const settings = readSyncOptions(process.argv.slice(2), withSecretFiles(process.env))
  if (settings === undefined) {
    console.log(USAGE)
    return EXIT.upToDate
  }
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
  await mkdir(settings.dataDir, { recursive: true, mode: 0o700 })
  const ssinKey = await openSsinKey(settings, settings.ssinKeyFile)
  const source = await openSource(settings, ssinKey)
  const store = await openRegister(settings)
  try {
    return settings.watch
      ? await watch(settings, source, store, stopping.signal)
      : await runOnce(settings, source, store, stopping.signal)
  } catch (error) {
    if (!stopping.signal.aborted) throw error
    console.error('Stopped. What was staged is gone on with next time.')
    return EXIT.failed
  } finally {
    source.close()
    await store.close()
  }
}

async function runOnce(
  settings: SyncSettings,
  source: OpenedSource,
  store: DirectoryStore,
  signal: AbortSignal,
): Promise<number> {
  const progress = createProgress(process.stderr)
  const { force, snapshot } = settings
  try {
    const report = await synchronise({ source, store, force, snapshot, signal, onProgress: progress.show })
    progress.end()
    print(report, settings)
    return report.outcome === 'refused' ? EXIT.refused : EXIT.upToDate
  } finally {
    progress.end()
  }
}

/** Until it is told to stop. Whatever fails is tried again at the next turn. */
async function watch(
  settings: SyncSettings,
  source: OpenedSource,
  store: DirectoryStore,
  signal: AbortSignal,
): Promise<number> {
  for (let run = settings; !signal.aborted; ) {
    const outcome = await runOnce(run, source, store, signal).catch((error: unknown) => {
      if (signal.aborted || !(error instanceof DirectoryError)) throw error
      console.error(sentenceOf(error))
      return EXIT.failed
    })
    // Asked for once, not at every turn.
    run = { ...settings, force: false, snapshot: false }
    const pauseMs = outcome === EXIT.refused ? REFUSED_PAUSE_MS : settings.everySeconds * 1000
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
  }
  return EXIT.upToDate
}

function print(report: SyncReport, { json, watch: isWatching }: SyncSettings): void {
  if (json) console.log(JSON.stringify(report))
  else if (!isWatching || report.outcome !== 'unchanged') console.log(describeReport(report))
}

function sentenceOf({ code, message, operatorDetail }: DirectoryError): string {
  return `${message}${operatorDetail === undefined ? '' : ` ${operatorDetail}`} (${code})`
}

try {
  process.exitCode = await main()
} catch (error) {
  if (error instanceof StartRefusal) {
    console.error(error.message)
    process.exitCode = EXIT.usage
  } else {
    // What an unforeseen error says may hold a row: only its kind is shown.
    const kind = error instanceof Error ? error.name : typeof error
    console.error(
      error instanceof DirectoryError ? sentenceOf(error) : `The register could not be taken in: ${kind}.`,
    )
    process.exitCode = EXIT.failed
  }
}
