/**
 * Starts the sandbox's service of therapeutic links:
 *   npm run sandbox:links -- --port 8490 --relay http://localhost:8080
 * Not concerned with the relay, which is told of it by LINKS_SERVICE_URL.
 */
import { parseArgs } from 'node:util'
import { sandboxPatients } from './patients.ts'
import { startLinksSandbox } from './service.ts'

const USAGE = `Usage: npm run sandbox:links -- --port 8490 --relay http://localhost:8080
  --port 8490                     0 for any that is free
  --host 127.0.0.1                where it listens
  --relay http://localhost:8080   the relay whose devices may ask
  --app-origins a,b               origins of apps, besides the relay's own
Then start the relay with LINKS_SERVICE_URL=http://localhost:8490.`

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8490' },
    host: { type: 'string', default: '127.0.0.1' },
    relay: { type: 'string', default: 'http://localhost:8080' },
    'app-origins': { type: 'string', default: '' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

async function main(): Promise<number> {
  if (values.help || !/^\d{1,5}$/.test(values.port) || !URL.canParse(values.relay)) {
    console.error(USAGE)
    return values.help ? 0 : 2
  }
  const relayUrl = new URL(values.relay).origin
  const others = values['app-origins'].split(',').filter((one) => one !== '')
  const service = await startLinksSandbox({
    port: Number(values.port),
    host: values.host,
    relayUrl: () => relayUrl,
    appOrigins: () => [relayUrl, ...others],
  })
  console.log(`Therapeutic links, sandbox, ready at ${service.url}, for devices of ${relayUrl}.`)
  console.log(`Tell the relay: LINKS_SERVICE_URL=${service.url}\nInvented patients:`)
  for (const { ssin, about } of sandboxPatients) console.log(`  ${ssin}  ${about}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void service.close())
  return 0
}

process.exitCode = await main()
