/** The process's log: JSON lines on standard output. What goes in is decided where it is logged: never an identifier. */
import { type DestinationStream, pino } from 'pino'
import type { ServerConfig } from './config.ts'
import type { Log } from './log.ts'

export function createPinoLog(level: ServerConfig['logLevel'], destination?: DestinationStream): Log {
  // Neither the machine's name nor the process id is anybody's business.
  return pino({ level, base: null }, destination ?? pino.destination({ sync: true }))
}
