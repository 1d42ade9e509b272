/**
 * A door before a database, which can stop letting commands through: a node behind it is slow exactly where a test
 * wants it. Counts messages of MongoDB's wire protocol (each begins with its length in 4 bytes, little endian); the
 * driver's own greetings pass uncounted. Not concerned with what else is said.
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface StallingDoor {
  port: number
  /** Lets so many commands through from now on, then holds whatever comes. Resolves when something is held. */
  stallAfter(commands: number): Promise<void>
  /** Lets everything through that was held, and all that comes. */
  release(): void
  close(): void
}

export async function openStallingDoor(host: string, port: number): Promise<StallingDoor> {
  const sockets = new Set<Socket>()
  let left = Number.POSITIVE_INFINITY
  const held: (() => void)[] = []
  let onHeld = () => {}

  function pass(message: Buffer, to: Socket): void {
    const isGreeting = message.includes('hello') || message.includes('ismaster')
    if (!isGreeting && left <= 0) {
      held.push(() => to.write(message))
      onHeld()
      return
    }
    if (!isGreeting) left -= 1
    to.write(message)
  }

  const server = createServer((client) => {
    const database = connect(port, host)
    for (const socket of [client, database]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        client.destroy()
        database.destroy()
      })
    }
    let bytes = Buffer.alloc(0)
    client.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk])
      while (bytes.length >= 4 && bytes.length >= bytes.readInt32LE(0)) {
        const length = bytes.readInt32LE(0)
        pass(bytes.subarray(0, length), database)
        bytes = bytes.subarray(length)
      }
    })
    database.on('data', (chunk) => client.write(chunk))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    port: (server.address() as AddressInfo).port,
    stallAfter(commands) {
      left = commands
      return new Promise((resolve) => {
        onHeld = resolve
      })
    },
    release() {
      left = Number.POSITIVE_INFINITY
      for (const go of held.splice(0)) go()
    },
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
