/**
 * Which devices are connected to this process, and their deliveries. A device has one connection: a newer one takes
 * over, on whichever node it is. Not concerned with authentication, nor with sockets.
 */
import type { AccountId, Revocation } from '@pli/protocol/wire'
import type { Log } from '../../log.ts'
import type { DeviceAddress, QueuedEnvelope, Storage } from '../../storage/interfaces.ts'
import { Delivery } from './delivery.ts'
import type { DeviceLink } from './device-link.ts'
import { noOtherNodes, type OtherNodes } from './other-nodes.ts'
import type { PushWaker } from './push-waker.ts'

interface Connection {
  address: DeviceAddress
  link: DeviceLink
  delivery: Delivery
  sinceMs: number
}

interface Sources {
  storage: Pick<Storage, 'envelopes' | 'devices'>
  push: PushWaker
  /** Absent: there are none. */
  others?: OtherNodes
  log: Log
  /** What its deliveries go through, for whoever counts them. Absent: nothing. */
  countLink?: (link: DeviceLink, sinceMs: number) => DeviceLink
  /** Accounts whose person may not practise now. */
  isSuspended?: (accountId: AccountId) => boolean
}

export class Connections {
  readonly #sources: Sources
  readonly #others: OtherNodes
  readonly #connections = new Map<string, Connection>()

  constructor(sources: Sources) {
    this.#sources = sources
    this.#others = sources.others ?? noOtherNodes(sources.push)
  }

  get count(): number {
    return this.#connections.size
  }

  /** Takes over from an earlier connection of the device and starts to deliver. */
  async attach(address: DeviceAddress, link: DeviceLink): Promise<void> {
    const { storage, log, isSuspended, countLink } = this.#sources
    const name = nameOf(address)
    const earlier = this.#connections.get(name)
    const urgent = earlier?.delivery.stop() ?? false
    const sinceMs = Date.now()
    const delivery = new Delivery(address, storage.envelopes, countLink?.(link, sinceMs) ?? link, log)
    this.#connections.set(name, { address, link, delivery, sinceMs })
    earlier?.link.close()
    this.#others.tookOver(address, sinceMs)
    // The device may have been cut off since its token was read; whoever cut it off did not see this connection yet.
    if (!(await storage.devices.byAddress(address))) return this.#cutOffHere(address, 'removed')
    if (isSuspended?.(address.accountId)) return this.#cutOffHere(address, 'licence_inactive')
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

  /** Its person has something to decide, or what they decided changed. False when the device is not connected here. */
  tellOfGuarantees(address: DeviceAddress): boolean {
    const connection = this.#connections.get(nameOf(address))
    connection?.link.guarantees()
    return connection !== undefined
  }

  acknowledged(address: DeviceAddress, sequences: number[]): void {
    this.#connections.get(nameOf(address))?.delivery.acknowledged(sequences)
  }

  /** The store has the device no more: its connection ends, wherever it is. */
  cutOff(address: DeviceAddress, reason: Revocation['reason']): void {
    this.#cutOffHere(address, reason)
    this.#others.cutOff(address, reason)
  }

  cutOffAccount(accountId: AccountId, reason: Revocation['reason']): void {
    for (const address of this.addressesOf(accountId)) this.#cutOffHere(address, reason)
    // Each node follows the register by itself.
    if (reason !== 'licence_inactive') this.#others.cutOffAccount(accountId, reason)
  }

  addresses(): DeviceAddress[] {
    return [...this.#connections.values()].map(({ address }) => address)
  }

  addressesOf(accountId: AccountId): DeviceAddress[] {
    return this.addresses().filter((address) => address.accountId === accountId)
  }

  /** The device has a connection at another node since `atMs`. */
  yieldTo(address: DeviceAddress, atMs: number): void {
    const connection = this.#connections.get(nameOf(address))
    if (!connection || connection.sinceMs >= atMs) return
    this.#connections.delete(nameOf(address))
    const urgent = connection.delivery.stop()
    connection.link.close()
    // Of what came meanwhile only this node was told.
    this.#others.wake(address, urgent)
  }

  /** Asks the store, in case a call of another node was lost. Rejects with RelayError `unavailable`. */
  async review(address: DeviceAddress, reason: Revocation['reason'] = 'removed'): Promise<void> {
    if (!this.#connections.has(nameOf(address))) return
    if (await this.#sources.storage.devices.byAddress(address)) this.wake(address, false)
    else this.#cutOffHere(address, reason)
  }

  /** Ends this connection; the device may come back, here or elsewhere. */
  close(address: DeviceAddress): void {
    this.#connections.get(nameOf(address))?.link.close()
  }

  /** The relay stops: devices come back when it is up again. */
  closeAll(): void {
    for (const { delivery, link } of this.#connections.values()) {
      delivery.stop()
      link.close()
    }
    this.#connections.clear()
  }

  #cutOffHere(address: DeviceAddress, reason: Revocation['reason']): void {
    const connection = this.#connections.get(nameOf(address))
    if (!connection) return
    this.#connections.delete(nameOf(address))
    connection.delivery.stop()
    connection.link.revoke(reason)
  }
}

function nameOf({ accountId, deviceId }: DeviceAddress): string {
  return `${accountId} ${deviceId}`
}
