// Starts the sandbox's CoBRHA:
//   npm run sandbox:cobrha -- --people 20000 --port 8480
// Not concerned with the relay, which is pointed at it by its settings.

import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { type SandboxServerOptions, startSandboxServer } from './server.ts'

const USAGE = `Usage: npm run sandbox:cobrha -- --people 20000 --port 8480
  --people 20000       how many people
  --roles 2000000      people until there are so many roles, instead of --people
  --seed 1             the same seed gives the same people
  --host 127.0.0.1     where it listens
  --port 8480          0 for any that is free
  --tls-certificate, --tls-key, --client-authority   PEM files: HTTPS, and mutual TLS with the third
  --needs-saml         SOAP requests must carry an assertion
  --json               one JSON object on one line when it is ready`

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '20000' },
    roles: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8480' },
    'tls-certificate': { type: 'string' },
    'tls-key': { type: 'string' },
    'client-authority': { type: 'string' },
    'needs-saml': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

async function main(): Promise<number> {
  const [people, roles, seed, port] = [values.people, values.roles, values.seed, values.port].map((typed) =>
    /^\d{1,8}$/.test(typed) ? Number(typed) : Number.NaN,
  ) as [number, number, number, number]
  if (values.help || [people, roles, seed, port].some(Number.isNaN)) {
    console.error(USAGE)
    return values.help ? 0 : 2
  }
  const tls = await readTls()
  const server = await startSandboxServer({
    people,
    roles,
    seed,
    port,
    host: values.host,
    needsSaml: values['needs-saml'],
    ...(tls === undefined ? {} : { tls }),
    onProgress: (made, madeRoles) => console.error(`  ${made} people, ${madeRoles} roles …`),
  })
  const { url, generatedPeople, generatedRoles } = server
  console.log(
    values.json
      ? JSON.stringify({ ready: true, url, people: generatedPeople, roles: generatedRoles })
      : `CoBRHA sandbox ready at ${url}: ${generatedPeople} invented people in ${generatedRoles} roles, seed ${seed}.\n` +
          `  AddressBook    ${url}/AddressBook/v1\n  register       ${url}/cobrha/v1/snapshots/latest\n` +
          `  orders         ${url}/sandbox/changes, /sandbox/faults, /sandbox/feed (see directory/README.md)`,
  )
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close())
  return 0
}

async function readTls(): Promise<SandboxServerOptions['tls'] | undefined> {
  const { 'tls-certificate': certificateFile, 'tls-key': keyFile, 'client-authority': authorityFile } = values
  if (certificateFile === undefined || keyFile === undefined) return undefined
  const [certificate, key] = await Promise.all([readFile(certificateFile, 'utf8'), readFile(keyFile, 'utf8')])
  return authorityFile === undefined
    ? { certificate, key }
    : { certificate, key, clientAuthority: await readFile(authorityFile, 'utf8') }
}

process.exitCode = await main()
