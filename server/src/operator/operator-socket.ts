/**
 * Purpose: how an operator's command talks to the running relay: a socket in the data folder, so that exactly those
 * who may read that folder are operators. Not concerned with what a code proves.
 */
import { chmod, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { RelayError, refusalOf } from '../errors.ts'
import type { Log } from '../log.ts'

/** Unix sockets have short names. */
const PATH_BYTES_AT_MOST = 100
const BODY_BYTES_AT_MOST = 1024

export function operatorSocketPath(dataDir: string): string {
  return join(dataDir, 'operator.sock')
}

/** What a command gives; `release` is called once whoever asked has gone. */
export interface CommandResult {
  value: unknown
  release?: () => void
}

/** By name; each takes the text that was sent. Throws RelayError. */
export type OperatorCommands = Record<string, (input: string) => Promise<CommandResult>>

/** Undefined where such a socket cannot be. */
export async function openOperatorSocket(
  dataDir: string,
  commands: OperatorCommands,
  log: Log,
): Promise<Server | undefined> {
  const path = operatorSocketPath(dataDir)
  if (Buffer.byteLength(path) > PATH_BYTES_AT_MOST) {
    log.warn({}, 'the data folder’s path is too long for the operator’s commands')
    return undefined
  }
  // Left over from a crash: the store's lock says that no other relay uses this folder.
  await rm(path, { force: true })
  const server = createServer((request, response) => void answer(commands, request, response))
  return new Promise((resolve) => {
    server.once('error', () => {
      log.warn({}, 'the operator’s commands are not available here')
      resolve(undefined)
    })
    server.listen(path, async () => {
      await chmod(path, 0o600)
      resolve(server)
    })
  })
}

/** One line of JSON. What holds something open stays unanswered to the end until the asking side closes. */
async function answer(
  commands: OperatorCommands,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const command = commands[(request.url ?? '').slice(1)]
    if (command === undefined) throw new RelayError('not_found', 'no such command')
    const { value, release } = await command(await readBody(request))
    response.write(`${JSON.stringify({ ok: true, value })}\n`)
    if (release === undefined) response.end()
    else if (response.destroyed) release()
    else response.once('close', release)
  } catch (error) {
    response.end(JSON.stringify(refusalOf(error)))
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) {
    body += String(chunk)
    if (body.length > BODY_BYTES_AT_MOST) break
  }
  return body
}
