/**
 * The main job, without a screen: `npm run demo [-- --json]`. A pharmacist asks a GP about a dose and is answered; a nurse
 * sends a wound photo with GPS data in it; a device that was away comes back. Then every byte that the relay
 * received or wrote is searched for what was said. Ends with another status than 0 when anything was not as expected.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { issueOperatorCode, startRelayProcess } from '../relay-process.ts'
import { startRecorder } from '../secrecy/recorder.ts'
import { searchFolder } from '../secrecy/search.ts'
import { readDemoConfig } from './config.ts'
import { countLeftovers } from './leftovers.ts'
import { playScenes } from './scenes.ts'

const { values } = parseArgs({ options: { json: { type: 'boolean' }, quick: { type: 'boolean' } } })
const say = (line: string) => console.error(line)
const folder = await mkdtemp(join(tmpdir(), 'pli-demo-'))

try {
  const relayDir = join(folder, 'relay')
  const options = { dataDir: join(relayDir, 'data'), logDir: join(relayDir, 'logs') }
  await Promise.all([mkdir(options.dataDir, { recursive: true }), mkdir(options.logDir, { recursive: true })])

  say('The relay starts, with a recorder in front of it.')
  const relay = await startRelayProcess(options)
  const recorder = await startRecorder(join(relayDir, 'received'), relay.port)
  const relayUrl = `http://127.0.0.1:${recorder.port}`
  const people = await readDemoConfig(relay.url)
  const codeFor = (person: string) => issueOperatorCode(options, person)
  const result = await playScenes({ relayUrl, people, codeFor, devicesDir: join(folder, 'devices'), say })

  say('The relay writes out its whole memory and ends; every byte it received or wrote is searched.')
  await relay.snapshotHeap()
  const receivedBytes = recorder.receivedBytes()
  await recorder.close()
  await relay.stop()
  const search = await searchFolder(relayDir, result.secrets)
  for (const { file, secret, form } of search.findings) say(`FOUND ${secret} as ${form} in ${file}`)
  // A search that finds nothing proves nothing unless it finds what is known to be there.
  const known = { name: 'person id', bytes: new TextEncoder().encode(people('nathalie').personId) }
  const control = await searchFolder(relayDir, [known])
  const leftovers = countLeftovers(options.dataDir)

  const summary = {
    messagesDelivered: result.messagesDelivered,
    photoBytes: result.photoBytes,
    photoMetadataFound: result.photoMetadata.length,
    plaintextFoundOnRelay: search.findings.length,
    relayFilesSearched: search.filesSearched,
    envelopesLeft: leftovers,
  }
  if (values.json) console.log(JSON.stringify(summary))
  else console.table(summary)
  say(`${receivedBytes} bytes received by the relay, ${search.bytesSearched} searched.`)
  const asExpected =
    result.messagesDelivered === result.messagesSent &&
    result.photoBytes > 0 &&
    result.photoMetadataInSource.length > 0 &&
    summary.photoMetadataFound === 0 &&
    summary.plaintextFoundOnRelay === 0 &&
    summary.envelopesLeft === 0 &&
    receivedBytes > result.photoBytes &&
    control.findings.some(({ file }) => file.endsWith('.heapsnapshot')) &&
    control.findings.some(({ file }) => file.startsWith('connection-'))
  if (!asExpected) throw new Error('not everything was as expected')
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  await rm(folder, { recursive: true, force: true })
}
// libsignal and socket.io may keep a timer for a while; the demo is over.
process.exit()
