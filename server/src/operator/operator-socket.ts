/**
 * Purpose: how an operator's command talks to the running relay: a socket in the data folder, so that exactly those
 * who may read that folder are operators. Not concerned with what a code proves.
 */
import { chmod, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { join } from 'node:path'
import { refusalOf } from '../errors.ts'
import type { Log } from '../log.ts'

/** Unix sockets have short names. */
const PATH_BYTES_AT_MOST = 100
const BODY_BYTES_AT_MOST = 1024

export function operatorSocketPath(dataDir: string): string {
  return join(dataDir, 'operator.sock')
}

export interface OperatorCommands {
  issueCode(slugOrPersonId: string): Promise<{ code: string; expiresAtMs: number }>
}

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
  const server = createServer(async (request, response) => {
    try {
      const value = await commands.issueCode(await readBody(request))
      response.end(JSON.stringify({ ok: true, value }))
    } catch (error) {
      response.end(JSON.stringify(refusalOf(error)))
    }
  })
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

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) {
    body += String(chunk)
    if (body.length > BODY_BYTES_AT_MOST) break
  }
  return body
}
