/**
 * Which devices are connected to this process, and their deliveries. A device has one connection: a newer one takes
 * over. Not concerned with authentication, nor with sockets.
 */
import type { AccountId, Revocation } from '@pli/protocol/wire'
import type { Log } from '../../log.ts'
import type { DeviceAddress, QueuedEnvelope, Storage } from '../../storage/interfaces.ts'
import { Delivery } from './delivery.ts'
import type { DeviceLink } from './device-link.ts'
import type { PushWaker } from './push-waker.ts'

interface Connection {
  address: DeviceAddress
  link: DeviceLink
  delivery: Delivery
}

interface Sources {
  storage: Pick<Storage, 'envelopes' | 'devices'>
  push: PushWaker
  log: Log
  /** Accounts whose person may not practise now. */
  isSuspended?: (accountId: AccountId) => boolean
}

export class Connections {
  readonly #sources: Sources
  readonly #connections = new Map<string, Connection>()

  constructor(sources: Sources) {
    this.#sources = sources
  }

  get count(): number {
    return this.#connections.size
  }

  /** Takes over from an earlier connection of the device and starts to deliver. */
  async attach(address: DeviceAddress, link: DeviceLink): Promise<void> {
    const { storage, log, isSuspended } = this.#sources
    const name = nameOf(address)
    const earlier = this.#connections.get(name)
    const urgent = earlier?.delivery.stop() ?? false
    const delivery = new Delivery(address, storage.envelopes, link, log)
    this.#connections.set(name, { address, link, delivery })
    earlier?.link.close()
    // The device may have been cut off since its token was read; whoever cut it off did not see this connection yet.
    if (!(await storage.devices.byAddress(address))) return this.cutOff(address, 'removed')
    if (isSuspended?.(address.accountId)) return this.cutOff(address, 'licence_inactive')
    await delivery.start(urgent)
  }

  /** The link is gone. Something urgent that it carried away unread is announced by push instead. */
  detach(address: DeviceAddress, link: DeviceLink): void {
    const connection = this.#connections.get(nameOf(address))
    if (connection?.link !== link) return
    this.#connections.delete(nameOf(address))
    if (connection.delivery.stop()) this.#sources.push.wake(address)
  }

  /** This envelope is in the device's queue now. False when the device is not connected here. */
  offer(address: DeviceAddress, envelope: QueuedEnvelope, urgent: boolean): boolean {
    const connection = this.#connections.get(nameOf(address))
    connection?.delivery.offer(envelope, urgent)
    return connection !== undefined
  }

  /** There is something new in the device's queue. False when it is not connected here. */
  wake(address: DeviceAddress, urgent: boolean): boolean {
    const connection = this.#connections.get(nameOf(address))
    connection?.delivery.wake(urgent)
    return connection !== undefined
  }

  acknowledged(address: DeviceAddress, sequences: number[]): void {
    this.#connections.get(nameOf(address))?.delivery.acknowledged(sequences)
  }

  cutOff(address: DeviceAddress, reason: Revocation['reason']): void {
    const connection = this.#connections.get(nameOf(address))
    if (!connection) return
    this.#connections.delete(nameOf(address))
    connection.delivery.stop()
    connection.link.revoke(reason)
  }

  cutOffAccount(accountId: AccountId, reason: Revocation['reason']): void {
    const all = [...this.#connections.values()].map((connection) => connection.address)
    for (const address of all) {
      if (address.accountId === accountId) this.cutOff(address, reason)
    }
  }

  /** The relay stops: devices come back when it is up again. */
  closeAll(): void {
    for (const { delivery, link } of this.#connections.values()) {
      delivery.stop()
      link.close()
    }
    this.#connections.clear()
  }
}

function nameOf({ accountId, deviceId }: DeviceAddress): string {
  return `${accountId} ${deviceId}`
}
