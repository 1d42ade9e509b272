/**
 * Purpose: the relay as a process of its own: settings from the environment, logs on standard output, a clean stop.
 * Not concerned with building or serving anything else: `npm start` is.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { readConfig, StartRefusal, startRelay } from './app.ts'
import { whereIn } from './errors.ts'
import { createPinoLog } from './pino-log.ts'

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const log = createPinoLog(config.logLevel)
  // Its message may name anybody, and would stand on the error output; nothing acknowledged is lost by an end at once.
  process.on('uncaughtException', (error) => {
    log.error({ at: whereIn(error) }, 'a fault that nobody caught: the relay ends')
    process.exit(1)
  })
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
        () => {
          log.info({}, 'the relay is down')
          // A library's timer would keep the process for seconds, and nothing is left to do.
          process.exit(0)
        },
        () => process.exit(1),
      )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

main().catch((error: unknown) => {
  const log = createPinoLog('error')
  if (error instanceof StartRefusal) log.error({}, error.message)
  else log.error({ at: whereIn(error) }, 'the relay could not start')
  process.exit(1)
})
