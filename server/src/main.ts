/**
 * Purpose: the relay as a process of its own: settings from the environment, logs on standard output, a clean stop.
 * Not concerned with building or serving anything else: `npm start` is.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { readConfig, StartRefusal, startRelay } from './app.ts'
import { createPinoLog } from './pino-log.ts'

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const log = createPinoLog(config.logLevel)
  const relay = await startRelay(config, { log })
  let stopping = false
  const stop = () => {
    // A second signal means now.
    if (stopping) process.exit(1)
    stopping = true
    relay.drain()
    sleep(config.drainSeconds * 1000)
      .then(() => relay.close())
      .then(
        () => log.info({}, 'the relay is down'),
        () => process.exit(1),
      )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

main().catch((error: unknown) => {
  const log = createPinoLog('error')
  log.error({}, error instanceof StartRefusal ? error.message : 'the relay could not start')
  process.exitCode = 1
})
