/**
 * Purpose: the operator's commands about people who are not in the register, and the audit trail, as lines for a terminal.
 * Not concerned with what is decided: the running relay is.
 */
import { ask } from './ask.ts'
import type { AuditPage, ListedGuarantee } from './guarantee-commands.ts'

const actions = ['approve', 'refuse', 'revoke'] as const

/** Why a command did not do what it was asked; a sentence for the operator. */
export class OperatorRefusal extends Error {}

const sentences: Record<string, string> = {
  not_found: 'There is no such guarantee.',
  conflict:
    'It is not in a state for that: it was decided or ended meanwhile. See: npm run operator -- guarantees list',
  bad_request:
    'That needs --id as the list shows it, and for a refusal or a revocation --reason (at most 300 characters).',
}

/** Undefined where the words are no command. Throws OperatorRefusal. */
export async function runGuarantees(
  dataDir: string,
  action: string | undefined,
  { id, reason }: { id?: string | undefined; reason?: string | undefined },
): Promise<string | undefined> {
  if (action === 'list') return listLines(await demand<ListedGuarantee[]>(dataDir, 'guarantees-list', ''))
  const known = actions.find((name) => name === action)
  if (known === undefined || id === undefined) return undefined
  // Whoever is turned away is told why, and so is the next operator.
  if (known !== 'approve' && reason === undefined) throw new OperatorRefusal(sentences.bad_request)
  await demand(dataDir, `guarantees-${known}`, JSON.stringify({ id, reason }))
  return 'Done. The audit trail has it.'
}

/** All entries, and whether they follow from each other. */
export async function runAudit(dataDir: string): Promise<{ lines: string; isWhole: boolean }> {
  const lines: string[] = []
  for (;;) {
    const { entries, verified } = await demand<AuditPage>(
      dataDir,
      'audit',
      JSON.stringify({ after: lines.length }),
    )
    for (const { sequence, atMs, event, actor, subject } of entries) {
      lines.push(`${sequence}  ${new Date(atMs).toISOString()}  ${event}  by ${actor}  about ${subject}`)
    }
    if (entries.length > 0) continue
    const isWhole = verified.brokenAt === undefined
    const verdict = isWhole
      ? `The chain is whole: ${verified.entries} entries. Head: ${verified.head}\nCompare it with the log's last "added to the audit trail": who can rewrite the store can rewrite the chain.`
      : `THE CHAIN IS BROKEN at entry ${verified.brokenAt}: it was changed or removed.`
    return { lines: [...lines, verdict].join('\n'), isWhole }
  }
}

async function demand<T>(dataDir: string, command: string, input: string): Promise<T> {
  const asked = await ask<T>(dataDir, command, input)
  if (asked === undefined) {
    throw new OperatorRefusal(
      'No relay is running on this data folder. Start it first (npm start), or set DATA_DIR.',
    )
  }
  asked.end()
  if (asked.answer.ok) return asked.answer.value
  throw new OperatorRefusal(sentences[asked.answer.code] ?? `The relay refused: ${asked.answer.code}.`)
}

function listLines(listed: ListedGuarantee[]): string {
  if (listed.length === 0) return 'Nobody asks, and nobody is answered for.'
  return listed
    .map(({ guaranteeId, state, name, profession, place, guarantorName, admittedBy, endsAtMs }) => {
      const until = new Date(endsAtMs).toISOString().slice(0, 10)
      const answerable = admittedBy === 'operator' ? 'admitted by an operator' : `guarantor ${guarantorName}`
      return `${guaranteeId}  ${state} until ${until}  ${name} (${profession}, ${place}), ${answerable}`
    })
    .join('\n')
}
