/**
 * `npm run test:storage:mongo`: everything that needs a MongoDB-compatible server, against the one that is there. Without
 * any it says `skipped:` and why, and that is no failure. `-- --serve` only starts one and prints its address.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startMongo } from './start.ts'

// Whatever else is given is Vitest's: a file, `-t` and a name.
const [serves, given] = [process.argv.includes('--serve'), process.argv.slice(2)]

const server = await startMongo((line) => console.error(line))
if ('skipped' in server) console.log(`skipped: ${server.skipped}`)
else if (serves) {
  console.log(server.uri)
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  await server.stop()
} else {
  console.error(`The tests run on ${server.name}.`)
  const vitest = ['vitest', 'run', '--config', 'test/ferretdb/vitest.config.ts', ...given]
  const tests = spawn('npx', vitest, { stdio: 'inherit', env: { ...process.env, MONGODB_URI: server.uri } })
  const [code] = (await once(tests, 'exit')) as [number | null]
  await server.stop()
  process.exitCode = code ?? 1
}
