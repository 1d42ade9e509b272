/** PROTOCOL.md, conventions: one answer shape, bytes as base64url without padding. */
export const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
export const unb64 = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))

export class Refused extends Error {
  readonly code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}

export type Answer<T> = { ok: true; value: T } | { ok: false; code: string; devices?: unknown }

export function unwrap<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value
  throw new Refused(answer.code)
}

export async function ask<T>(url: string, method: string, token?: string, body?: unknown): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return unwrap((await response.json()) as Answer<T>)
}
