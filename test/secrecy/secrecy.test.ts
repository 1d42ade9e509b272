import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { Server } from 'socket.io'
import { io } from 'socket.io-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startRecorder } from './recorder.ts'
import { searchFolder } from './search.ts'

const text = 'le zèbre mauve compte onze parapluies'
const secret = { name: 'text', bytes: new TextEncoder().encode(text) }

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pli-secrecy-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('the search for secrets', () => {
  const utf8 = Buffer.from(text)
  const hidings: [string, Buffer][] = [
    ['plain', utf8],
    [
      'inside base64, shifted by one',
      Buffer.from(Buffer.concat([Buffer.from('x'), utf8]).toString('base64')),
    ],
    [
      'inside base64url, shifted by two',
      Buffer.from(Buffer.concat([Buffer.from('xy'), utf8, utf8]).toString('base64url')),
    ],
    ['hexadecimal', Buffer.from(utf8.toString('hex'))],
    ['UTF-16', Buffer.from(utf8.toString('latin1'), 'utf16le')],
    ['gzip', gzipSync(utf8)],
    ['gzip after other bytes', Buffer.concat([Buffer.alloc(37, 7), gzipSync(utf8)])],
    ['raw deflate', deflateRawSync(utf8)],
  ]
  it.each(hidings)('finds it: %s', async (_name, hidden) => {
    await writeFile(join(folder, 'file'), Buffer.concat([Buffer.alloc(0), hidden]))
    const { findings, filesSearched } = await searchFolder(folder, [secret])
    expect(filesSearched).toBe(1)
    expect(findings.length).toBeGreaterThan(0)
  })

  it('finds nothing where there is nothing', async () => {
    await writeFile(join(folder, 'file'), Buffer.from('le zèbre mauve compte onze chapeaux'))
    expect((await searchFolder(folder, [secret])).findings).toEqual([])
  })
})

describe('the recorder', () => {
  it('keeps what a client says inside masked WebSocket frames, and passes it on', async () => {
    const relay = new Server({ transports: ['websocket'] })
    const heard: string[] = []
    relay.on('connection', (socket) => {
      socket.on('say', (words: string, done: () => void) => {
        heard.push(words)
        done()
      })
    })
    const http = createServer()
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const port = (http.address() as AddressInfo).port
    http.close()
    relay.listen(port)
    const recorder = await startRecorder(folder, port)
    const client = io(`http://127.0.0.1:${recorder.port}`, { transports: ['websocket'] })
    await client.emitWithAck('say', text)
    client.close()
    await recorder.close()
    await relay.close()
    await sleep(50)
    expect(heard).toEqual([text])
    expect((await readFile(join(folder, 'connection-1.raw'))).includes(text)).toBe(false)
    expect((await searchFolder(folder, [secret])).findings).toMatchObject([
      { file: 'connection-1.frames', form: 'plain' },
    ])
  })
})
