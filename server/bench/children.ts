/**
 * Processes of the measurement, each asked by name and answering once. The servers and the driver are children of their
 * own, so that one's garbage and processor time are not another's. Not concerned with what is asked.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

interface Reply {
  id: number
  value?: unknown
  error?: string
}

export interface Child {
  /** Rejects with the child's own words, or when it ends first. */
  ask<T>(command: string, request?: unknown): Promise<T>
  stop(): Promise<void>
}

/** `program` is a file of this folder; it calls `answerParent`. */
export function startChild(program: string, environment: Record<string, string> = {}): Child {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), {
    execArgv: ['--import', 'tsx', '--expose-gc'],
    env: { ...process.env, ...environment },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let lastId = 0
  child.on('message', (message) => {
    const { id, value, error } = message as Reply
    const asked = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) asked?.resolve(value)
    else asked?.reject(new Error(`${program}: ${error}`))
  })
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error(`${program} ended`))
    waiting.clear()
  })
  return {
    ask: <T>(command: string, request?: unknown) =>
      new Promise<T>((resolve, reject) => {
        lastId += 1
        waiting.set(lastId, { resolve: (value) => resolve(value as T), reject })
        child.send({ id: lastId, command, request })
      }),
    stop: () => stop(child),
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

type Command = (request: never) => unknown

/** Runs in the child. Commands run as they come; each is answered with what it returns. */
export function answerParent(commands: Record<string, Command>): void {
  process.on('message', async (message: { id: number; command: string; request: never }) => {
    const { id, command, request } = message
    try {
      process.send?.({ id, value: await commands[command]?.(request) })
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? error.message : String(error) })
    }
  })
  process.on('disconnect', () => process.exit(0))
}
