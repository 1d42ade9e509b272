/**
 * Delivery to one connected device: in order, from the store, never more in flight than the window. What is in flight
 * is remembered by sequence and size only, so a slow reader costs bounded memory. Anything unacknowledged is sent again
 * on the next connection, which starts from the beginning of the queue.
 * Not concerned with sockets.
 */
import { limits } from '@pli/protocol/wire'
import type { Log } from '../../log.ts'
import type { DeviceAddress, EnvelopeStore } from '../../storage/interfaces.ts'
import type { DeviceLink } from './device-link.ts'

export class Delivery {
  readonly #address: DeviceAddress
  readonly #envelopes: Pick<EnvelopeStore, 'list' | 'lastWaiting'>
  readonly #link: DeviceLink
  readonly #log: Log
  readonly #inFlight = new Map<number, number>()
  #bytesInFlight = 0
  #lastSent = 0
  /** The last sequence that waited at the start; undefined once `drained` was said. */
  #drainsAt: number | undefined
  #running = false
  #wokenMeanwhile = false
  #urgent = false
  #stopped = false

  constructor(
    address: DeviceAddress,
    envelopes: Pick<EnvelopeStore, 'list' | 'lastWaiting'>,
    link: DeviceLink,
    log: Log,
  ) {
    this.#address = address
    this.#envelopes = envelopes
    this.#link = link
    this.#log = log
  }

  /** `urgent`: something urgent waits that an earlier connection did not get acknowledged. */
  async start(urgent: boolean): Promise<void> {
    this.#drainsAt = await this.#envelopes.lastWaiting(this.#address)
    this.wake(urgent)
  }

  /** There may be more in the queue. `urgent` is remembered until the device has acknowledged everything. */
  wake(urgent: boolean): void {
    this.#urgent ||= urgent
    if (this.#running) this.#wokenMeanwhile = true
    else void this.#run()
  }

  /** Called after these are gone from the store. */
  acknowledged(sequences: number[]): void {
    for (const sequence of sequences) {
      this.#bytesInFlight -= this.#inFlight.get(sequence) ?? 0
      this.#inFlight.delete(sequence)
    }
    if (this.#inFlight.size === 0) this.#urgent = false
    this.wake(false)
  }

  /** True when something urgent was handed to a connection that ended before the device acknowledged it. */
  stop(): boolean {
    this.#stopped = true
    return this.#urgent
  }

  async #run(): Promise<void> {
    this.#running = true
    try {
      do {
        this.#wokenMeanwhile = false
        await this.#fillWindow()
      } while (this.#wokenMeanwhile && !this.#stopped)
    } catch {
      // The store is in trouble: the device comes back later and finds its queue as it was.
      this.#log.error({}, 'delivery stopped')
      this.#link.close()
    } finally {
      this.#running = false
    }
  }

  async #fillWindow(): Promise<void> {
    while (!this.#stopped && this.#hasRoom()) {
      const envelopes = await this.#envelopes.list(this.#address, {
        afterSequence: this.#lastSent,
        maxEnvelopes: Math.min(
          limits.envelopesPerDelivery,
          limits.deliveryWindowEnvelopes - this.#inFlight.size,
        ),
        maxBytes: limits.deliveryWindowBytes - this.#bytesInFlight,
      })
      if (this.#stopped) return
      for (const { sequence, content } of envelopes) {
        this.#inFlight.set(sequence, content.length)
        this.#bytesInFlight += content.length
        this.#lastSent = sequence
      }
      if (envelopes.length > 0) this.#link.deliver(envelopes)
      this.#tellDrained(envelopes.length === 0)
      if (envelopes.length === 0) return
    }
  }

  /** Room for the largest envelope, so that an empty answer always means an empty queue. */
  #hasRoom(): boolean {
    return (
      this.#inFlight.size < limits.deliveryWindowEnvelopes &&
      this.#bytesInFlight + limits.envelopeBytes <= limits.deliveryWindowBytes
    )
  }

  #tellDrained(queueEmpty: boolean): void {
    if (this.#drainsAt === undefined) return
    if (!queueEmpty && this.#lastSent < this.#drainsAt) return
    this.#drainsAt = undefined
    this.#link.drained()
  }
}
