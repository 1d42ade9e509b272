/**
 * Purpose: the operator's command line: `npm run operator -- code --person nathalie`.
 * Speaks to the running relay through its data folder. Not concerned with anything the relay decides.
 */
import { request } from 'node:http'
import { parseArgs } from 'node:util'
import { operatorSocketPath } from './operator/operator-socket.ts'

const USAGE = `Usage:
  npm run operator -- code --person <slug or person id>
      Prints a code that proves this person once, within 72 hours. Hand it over yourself.
DATA_DIR says whose relay (default: .data); the relay must be running.`

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { person: { type: 'string' }, help: { type: 'boolean' } },
    allowPositionals: true,
  })
  if (values.help || positionals[0] !== 'code' || values.person === undefined) {
    console.log(USAGE)
    return values.help ? 0 : 2
  }
  const answer = await ask(process.env.DATA_DIR ?? '.data', values.person)
  if (answer === undefined) {
    console.error('No relay is running on this data folder. Start it first (npm start), or set DATA_DIR.')
    return 1
  }
  if (!answer.ok) {
    console.error(sentences[answer.code] ?? `The relay refused: ${answer.code}.`)
    return 1
  }
  console.log(`${answer.value.code}\nValid once, until ${new Date(answer.value.expiresAtMs).toISOString()}.`)
  return 0
}

const sentences: Record<string, string> = {
  not_found: 'The directory has no such person.',
  licence_inactive: 'The directory says that this person may not practise.',
}

type CodeAnswer = { ok: true; value: { code: string; expiresAtMs: number } } | { ok: false; code: string }

/** Undefined when nobody listens. */
function ask(dataDir: string, person: string): Promise<CodeAnswer | undefined> {
  return new Promise((resolve) => {
    const asking = request(
      { socketPath: operatorSocketPath(dataDir), method: 'POST', path: '/code' },
      (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          body += chunk
        })
        response.on('end', () => resolve(JSON.parse(body) as CodeAnswer))
      },
    )
    asking.on('error', () => resolve(undefined))
    asking.end(person)
  })
}

try {
  process.exitCode = await main()
} catch {
  console.error(USAGE)
  process.exitCode = 2
}
