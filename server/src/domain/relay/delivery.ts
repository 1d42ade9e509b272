/**
 * Delivery to one connected device: in order, never more in flight than the window. What is in flight is remembered by
 * sequence and size only, so a slow reader costs bounded memory. A device that has everything before it gets a new
 * envelope straight from its submission, once that is committed; anybody else is served from the store. What was not
 * acknowledged is sent again on the next connection, which starts from the beginning of the queue.
 * Not concerned with sockets.
 */
import { limits } from '@pli/protocol/wire'
import type { Log } from '../../log.ts'
import type { DeviceAddress, EnvelopeStore, QueuedEnvelope } from '../../storage/interfaces.ts'
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
  /** The store may hold something after `#lastSent`. */
  #moreInStore = true
  /** Committed in this turn, in order, and counted as in flight: one event takes them together. */
  #fresh: QueuedEnvelope[] = []
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
    this.#moreInStore = true
    if (!this.#running) void this.#run()
  }

  /** This was just committed. It is handed on as it is when nothing can lie between it and what was sent last. */
  offer(envelope: QueuedEnvelope, urgent: boolean): void {
    const isNext = envelope.sequence === this.#lastSent + 1
    if (!isNext || this.#running || this.#stopped || !this.#hasRoom()) {
      this.wake(urgent)
      return
    }
    this.#urgent ||= urgent
    this.#count(envelope)
    this.#fresh.push(envelope)
    // After the answers of the whole commit: what it brought for this device goes as one event.
    if (this.#fresh.length === 1) process.nextTick(() => this.#sendFresh())
  }

  /** Called after these are gone from the store. */
  acknowledged(sequences: number[]): void {
    for (const sequence of sequences) {
      this.#bytesInFlight -= this.#inFlight.get(sequence) ?? 0
      this.#inFlight.delete(sequence)
    }
    if (this.#inFlight.size === 0) this.#urgent = false
    if (this.#moreInStore && !this.#running) void this.#run()
  }

  /** True when something urgent was handed to a connection that ended before the device acknowledged it. */
  stop(): boolean {
    this.#stopped = true
    this.#fresh = []
    return this.#urgent
  }

  async #run(): Promise<void> {
    this.#running = true
    try {
      await this.#fillWindow()
    } catch {
      // The store is in trouble: the device comes back later and finds its queue as it was.
      this.#log.error({}, 'delivery stopped')
      this.#link.close()
    } finally {
      this.#running = false
    }
  }

  async #fillWindow(): Promise<void> {
    while (this.#moreInStore && !this.#stopped && this.#hasRoom()) {
      // Before the store is read: whatever comes meanwhile sets it again.
      this.#moreInStore = false
      const envelopes = await this.#envelopes.list(this.#address, {
        afterSequence: this.#lastSent,
        maxEnvelopes: Math.min(
          limits.envelopesPerDelivery,
          limits.deliveryWindowEnvelopes - this.#inFlight.size,
        ),
        maxBytes: limits.deliveryWindowBytes - this.#bytesInFlight,
      })
      if (this.#stopped) return
      this.#sendFresh()
      for (const envelope of envelopes) this.#count(envelope)
      if (envelopes.length > 0) {
        this.#moreInStore = true
        this.#link.deliver(envelopes)
      }
      this.#tellDrained(envelopes.length === 0)
    }
  }

  #count({ sequence, content }: QueuedEnvelope): void {
    this.#inFlight.set(sequence, content.length)
    this.#bytesInFlight += content.length
    this.#lastSent = sequence
  }

  #sendFresh(): void {
    const { envelopesPerDelivery: atOnce } = limits
    const fresh = this.#fresh
    if (fresh.length === 0) return
    this.#fresh = []
    for (let at = 0; at < fresh.length; at += atOnce) this.#link.deliver(fresh.slice(at, at + atOnce))
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
