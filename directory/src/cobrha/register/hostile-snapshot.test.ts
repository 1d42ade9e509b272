import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { constants, createGzip, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { SourceRow } from '../../source/source.ts'
import { createCobrhaSource } from './cobrha-source.ts'

const coded = (code: string): unknown => expect.objectContaining({ code })

describe('a snapshot that is not what it says', () => {
  async function readFrom(
    rows: (send: (bytes: Uint8Array) => void) => void,
    people = 2,
  ): Promise<SourceRow[]> {
    const hostile = createServer((request, response) => {
      const manifest = { version: 'v', people, sequence: 0, asOf: '2026-01-01T00:00:00Z' }
      if (!request.url?.includes('/rows')) return response.end(JSON.stringify(manifest))
      rows((bytes) => response.write(bytes))
      return response.end()
    })
    await new Promise<void>((resolve) => hostile.listen(0, '127.0.0.1', resolve))
    try {
      const url = `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`
      const source = createCobrhaSource({ url, ssinKey: new Uint8Array(32), tries: 1 })
      const read: SourceRow[] = []
      for await (const batch of source.snapshot()) read.push(...batch.rows)
      return read
    } finally {
      hostile.closeAllConnections()
      hostile.close()
    }
  }

  it.each([
    ['fewer people', 'source-malformed', gzipSync('{}\n')],
    ['more people', 'source-malformed', gzipSync('{}\n{}\n{}\n')],
    ['no gzip', 'source-malformed', Buffer.from('{}\n{}\n')],
    ['half a gzip', 'source-unavailable', gzipSync('{}\n{}\n').subarray(0, 12)],
  ])('%s: %s', async (_, code, bytes) => {
    await expect(readFrom((send) => send(bytes))).rejects.toThrow(coded(code))
  })

  it('sets rows aside that are no JSON or far too long, and reads on', async () => {
    const rows = await readFrom((send) => send(gzipSync(`{"id":\n${'x'.repeat(500_000)}\n{}\n`)), 3)
    expect(rows).toEqual([
      { kind: 'quarantined', reason: 'row-unreadable' },
      { kind: 'quarantined', reason: 'row-unreadable' },
      { kind: 'quarantined', reason: 'identifier-unusable' },
    ])
  })

  it('stops a line of half a gigabyte in bounded memory', async () => {
    const bomb = await inflateTo(512)
    const before = process.memoryUsage().rss
    await expect(readFrom((send) => send(bomb))).rejects.toThrow(coded('source-too-large'))
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024)
  })
})

/** So many megabytes of one letter, gzipped to about a thousandth. */
async function inflateTo(megabytes: number): Promise<Buffer> {
  const gzip = createGzip({ level: constants.Z_BEST_SPEED })
  const chunks: Buffer[] = []
  gzip.on('data', (chunk: Buffer) => chunks.push(chunk))
  const megabyte = Buffer.alloc(1024 * 1024, 'x')
  for (let written = 0; written < megabytes; written++) {
    if (!gzip.write(megabyte)) await new Promise((resolve) => gzip.once('drain', resolve))
  }
  await new Promise<void>((resolve) => gzip.end(resolve))
  return Buffer.concat(chunks)
}
