/** How a command of the operator's asks the running relay, through the socket in its data folder. */
import { request } from 'node:http'
import { operatorSocketPath } from './operator-socket.ts'

export interface Asked<T> {
  answer: { ok: true; value: T } | { ok: false; code: string }
  /** The relay lets go of whatever it held for us. */
  end(): void
}

/** Undefined when no relay listens. The answer is the first line; the connection stays until `end`. */
export function ask<T>(dataDir: string, command: string, input = ''): Promise<Asked<T> | undefined> {
  return new Promise((resolve) => {
    const asking = request(
      { socketPath: operatorSocketPath(dataDir), method: 'POST', path: `/${command}`, agent: false },
      (response) => {
        let body = ''
        const settle = () => {
          const answer = JSON.parse(body) as Asked<T>['answer']
          resolve({ answer, end: () => void asking.destroy() })
        }
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          body += chunk
          if (body.endsWith('\n')) settle()
        })
        response.on('end', settle)
        // We end it ourselves, in the middle of the answer.
        response.on('error', () => {})
      },
    )
    asking.on('error', () => resolve(undefined))
    asking.end(input)
  })
}
