/**
 * Purpose: telling an absent device that something waits, and no more. Many messages in a row make one push, and one
 * more at the end. Not concerned with what waits.
 */
import { RelayError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { DeviceAddress, PushStore, StoredPushSubscription } from '../../storage/interfaces.ts'
import type { PushWaker } from '../relay/push-waker.ts'
import type { EndpointPolicy } from './endpoint-policy.ts'
import type { PushSender } from './web-push-sender.ts'

const QUIET_MS = 5_000

export interface Push extends PushWaker {
  /** Throws RelayError `push_refused` when the endpoint is none that the relay calls. */
  subscribe(address: DeviceAddress, subscription: StoredPushSubscription): Promise<void>
  unsubscribe(address: DeviceAddress): Promise<void>
  /** Throws RelayError `not_found` without a subscription, `push_refused` when it is gone, `unavailable` otherwise. */
  test(address: DeviceAddress): Promise<void>
  /** Returns at once; failures are the log's. */
  wake(address: DeviceAddress): void
  close(): void
}

interface Parts {
  store: PushStore
  policy: EndpointPolicy
  sender: PushSender
  log: Log
  /** How long after a push the next one to the same device waits. */
  quietMs?: number
}

export function createPush({ store, policy, sender, log, quietMs = QUIET_MS }: Parts): Push {
  /** Devices that were pushed to a moment ago, and whether something came for them since. */
  const quiet = new Map<string, { again: boolean; timer: NodeJS.Timeout }>()

  async function push(address: DeviceAddress): Promise<'none' | 'sent' | 'gone' | 'failed'> {
    const subscription = await store.get(address)
    if (subscription === undefined) return 'none'
    const result = await sender.send(subscription)
    if (result === 'gone') await store.remove(address, subscription.endpoint)
    if (result === 'failed') log.warn({}, 'a push failed')
    return result
  }

  function pushNow(address: DeviceAddress): void {
    const key = `${address.accountId}.${address.deviceId}`
    const timer = setTimeout(() => {
      const { again } = quiet.get(key) ?? { again: false }
      quiet.delete(key)
      if (again) pushNow(address)
    }, quietMs)
    timer.unref()
    quiet.set(key, { again: false, timer })
    push(address).catch(() => log.warn({}, 'a push could not be looked up'))
  }

  return {
    async subscribe(address, subscription) {
      await policy.check(subscription.endpoint)
      if (!(await store.set(address, subscription))) throw new RelayError('unauthenticated')
    },
    unsubscribe: (address) => store.remove(address),
    async test(address) {
      const result = await push(address)
      if (result === 'none') throw new RelayError('not_found', 'no subscription')
      if (result === 'gone') throw new RelayError('push_refused', 'the subscription is gone')
      if (result === 'failed') throw new RelayError('unavailable', 'the push service did not take it')
    },
    wake(address) {
      const waiting = quiet.get(`${address.accountId}.${address.deviceId}`)
      if (waiting === undefined) pushNow(address)
      else waiting.again = true
    },
    close() {
      for (const { timer } of quiet.values()) clearTimeout(timer)
      quiet.clear()
      sender.close()
    },
  }
}
