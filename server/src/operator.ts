/**
 * Purpose: the operator's command line: `npm run operator -- code --person nathalie`, and what production needs made.
 * Codes come from the running relay, through its data folder. Not concerned with anything the relay decides.
 */
import { parseArgs } from 'node:util'
import { BackupError } from './operations/backup/backup-error.ts'
import { restoreBackup } from './operations/backup/restore.ts'
import { makeDatabaseSafe } from './operations/backup/restored-database.ts'
import { takeBackup } from './operations/backup/take.ts'
import { ask } from './operator/ask.ts'
import { makeServerCertificate, makeTrustRoot } from './operator/make-certificates.ts'
import { OperatorRefusal, runAudit, runGuarantees } from './operator/print-guarantees.ts'

const dataDir = process.env.DATA_DIR ?? '.data'

const USAGE = `Usage:
  npm run operator -- code --person <slug or person id>
      Prints a code that proves this person once, within 72 hours. Hand it over yourself.
      DATA_DIR says whose relay (default: .data); the relay must be running.
  npm run operator -- guarantees list
  npm run operator -- guarantees approve|refuse|revoke --id <guarantee> [--reason <text>]
      Who asks to be let in without being in the directory, who was, and deciding. Approve only whom you checked.
  npm run operator -- audit
      Every such decision, and whether the trail is whole.
  npm run operator -- trust-root --out <file>
      Makes a trust root. Keep the file away from the relay.
  npm run operator -- server-certificate --trust-root <file> --out <file>
      Makes the relay's certificate and key under it. Both print what to set for production.
  npm run operator -- backup --out <new folder>
      Copies the embedded store and the attachments of the running relay, and checks the copy.
  npm run operator -- restore --from <folder>
      Puts a backup into DATA_DIR, which must be new or empty, while no relay runs on it.
  npm run operator -- restored
      After the database that MONGODB_URI names was put back to an earlier state, before any relay uses it: makes
      sure that nothing is used a second time.`

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      person: { type: 'string' },
      id: { type: 'string' },
      reason: { type: 'string' },
      out: { type: 'string' },
      from: { type: 'string' },
      'trust-root': { type: 'string' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  })
  const { person, out, from, 'trust-root': trustRoot } = values
  const [command, action] = positionals
  if (command === 'code' && person !== undefined) return printCode(person)
  if (command === 'guarantees') {
    const printed = await orRefusal(() => runGuarantees(dataDir, action, values))
    if (printed !== undefined) return printed
  }
  if (command === 'audit') return (await orRefusal(() => printAudit())) ?? 1
  if (command === 'trust-root' && out !== undefined) return print(() => makeTrustRoot(out))
  if (command === 'server-certificate' && trustRoot !== undefined && out !== undefined) {
    return print(() => makeServerCertificate(trustRoot, out))
  }
  if (command === 'backup' && out !== undefined) return report((say) => takeBackup(dataDir, out, say))
  if (command === 'restore' && from !== undefined) return report((say) => restoreBackup(from, dataDir, say))
  if (command === 'restored') return report(() => makeDatabaseSafe(process.env.MONGODB_URI))
  console.log(USAGE)
  return values.help ? 0 : 2
}

function print(make: () => string): number {
  try {
    console.log(make())
    return 0
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST'
    console.error(exists ? 'That file exists already; it is not overwritten.' : 'That file cannot be used.')
    return 1
  }
}

/** Prints what comes, or why nothing does. Undefined when there was nothing to print. */
async function orRefusal(work: () => Promise<string | number | undefined>): Promise<number | undefined> {
  try {
    const result = await work()
    if (typeof result !== 'string') return result
    console.log(result)
    return 0
  } catch (error) {
    if (!(error instanceof OperatorRefusal)) throw error
    console.error(error.message)
    return 1
  }
}

async function printAudit(): Promise<number> {
  const { lines, isWhole } = await runAudit(dataDir)
  console.log(lines)
  return isWhole ? 0 : 1
}

async function printCode(person: string): Promise<number> {
  const asked = await ask<{ code: string; expiresAtMs: number }>(dataDir, 'code', person)
  if (asked === undefined) {
    console.error('No relay is running on this data folder. Start it first (npm start), or set DATA_DIR.')
    return 1
  }
  asked.end()
  if (!asked.answer.ok) {
    console.error(sentences[asked.answer.code] ?? `The relay refused: ${asked.answer.code}.`)
    return 1
  }
  const { code, expiresAtMs } = asked.answer.value
  console.log(`${code}\nValid once, until ${new Date(expiresAtMs).toISOString()}.`)
  return 0
}

/** Runs something that takes a while, saying how far it is. */
async function report(work: (say: (line: string) => void) => Promise<string>): Promise<number> {
  try {
    console.log(await work((line) => console.error(line)))
    return 0
  } catch (error) {
    if (!(error instanceof BackupError)) throw error
    console.error(error.message)
    return 1
  }
}

const sentences: Record<string, string> = {
  not_found: 'The directory has no such person.',
  licence_inactive: 'The directory says that this person may not practise.',
}

try {
  process.exitCode = await main()
} catch {
  console.error(USAGE)
  process.exitCode = 2
}
