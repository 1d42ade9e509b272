/** The key pair by which push services know this relay: given by the operator, or drawn once and kept. */
import webPush from 'web-push'
import type { InstallationStore } from '../../storage/interfaces.ts'
import type { VapidKeys } from './web-push-sender.ts'

const NAME = 'vapid-keys'

export async function openVapidKeys(
  given: VapidKeys | undefined,
  installation: InstallationStore,
): Promise<VapidKeys> {
  if (given !== undefined) return given
  const stored = (await installation.get(NAME)) ?? (await installation.putIfAbsent(NAME, draw()))
  return JSON.parse(Buffer.from(stored).toString('utf8')) as VapidKeys
}

function draw(): Uint8Array {
  return Buffer.from(JSON.stringify(webPush.generateVAPIDKeys()))
}
