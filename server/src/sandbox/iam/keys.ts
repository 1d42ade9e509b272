/** The keys of the sandbox's identity provider and of its one client, drawn once and kept across restarts. */
import { randomBytes, type webcrypto } from 'node:crypto'
import { exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { InstallationStore } from '../../storage/interfaces.ts'

export interface IamKeys {
  /** Private, RS256: signs ID tokens. */
  signing: JWK
  /** The relay's own, with which it shows the provider that it is the registered client. */
  clientKey: webcrypto.CryptoKey
  clientPublic: JWK
  cookieSecret: string
}

interface StoredKeys {
  signing: JWK
  client: JWK
  cookieSecret: string
}

const NAME = 'sandbox-iam-keys'

export async function openIamKeys(installation: InstallationStore): Promise<IamKeys> {
  const stored = (await installation.get(NAME)) ?? (await installation.putIfAbsent(NAME, await draw()))
  const { signing, client, cookieSecret } = JSON.parse(Buffer.from(stored).toString('utf8')) as StoredKeys
  const { kty, n, e, kid } = client
  return {
    signing,
    clientKey: (await importJWK(client, 'RS256')) as webcrypto.CryptoKey,
    clientPublic: { kty, n, e, kid, alg: 'RS256', use: 'sig' } as JWK,
    cookieSecret,
  }
}

async function draw(): Promise<Uint8Array> {
  const [signing, client] = await Promise.all([drawKey('iam'), drawKey('relay')])
  const keys: StoredKeys = { signing, client, cookieSecret: randomBytes(32).toString('base64url') }
  return Buffer.from(JSON.stringify(keys))
}

async function drawKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' }
}
