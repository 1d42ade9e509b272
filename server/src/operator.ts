/**
 * Purpose: the operator's command line: `npm run operator -- code --person nathalie`, and what production needs made.
 * Codes come from the running relay, through its data folder. Not concerned with anything the relay decides.
 */
import { request } from 'node:http'
import { parseArgs } from 'node:util'
import { makeServerCertificate, makeTrustRoot } from './operator/make-certificates.ts'
import { operatorSocketPath } from './operator/operator-socket.ts'

const USAGE = `Usage:
  npm run operator -- code --person <slug or person id>
      Prints a code that proves this person once, within 72 hours. Hand it over yourself.
      DATA_DIR says whose relay (default: .data); the relay must be running.
  npm run operator -- trust-root --out <file>
      Makes a trust root. Keep the file away from the relay.
  npm run operator -- server-certificate --trust-root <file> --out <file>
      Makes the relay's certificate and key under it. Both print what to set for production.`

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      person: { type: 'string' },
      out: { type: 'string' },
      'trust-root': { type: 'string' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  })
  const { person, out, 'trust-root': trustRoot } = values
  const [command] = positionals
  if (command === 'code' && person !== undefined) return printCode(person)
  if (command === 'trust-root' && out !== undefined) return print(() => makeTrustRoot(out))
  if (command === 'server-certificate' && trustRoot !== undefined && out !== undefined) {
    return print(() => makeServerCertificate(trustRoot, out))
  }
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

async function printCode(person: string): Promise<number> {
  const answer = await ask(process.env.DATA_DIR ?? '.data', person)
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
