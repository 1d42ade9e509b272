/**
 * Everything that only the owner of the ratchets does, for as long as it owns them: the line to the relay, the
 * outbox, receiving, uploads, upkeep. Started with a fencing number and stopped when it is lost.
 * Not concerned with screens: they look at the store.
 */
import type { MessengerContext } from '../accounts/messenger-context.ts'
import type { UploadProgressBoard } from '../attachments/progress.ts'
import { startUploads } from '../attachments/uploads.ts'
import { type LineState, openConnection } from '../connection/connection.ts'
import { ClientError } from '../errors.ts'
import type { LiveValue } from '../live/live-value.ts'
import { startOutbox } from '../outbox/outbox.ts'
import { startReceiver } from '../receiving/receiver.ts'
import { createTrustCheck } from '../receiving/trust-check.ts'
import { isPassing } from '../relay/refusals.ts'
import { TOP_UP_BELOW } from '../sessions/prekeys.ts'
import { createSenderCertificates } from '../sessions/sender-certificate.ts'
import { doUpkeep, topUpPreKeys, type UpkeepContext } from './upkeep.ts'

const STOP_WITHIN_MS = 500
const UPKEEP_EVERY_MS = 4 * 3600_000

export interface Transmission {
  wake(): void
  stop(): Promise<void>
}

export interface TransmissionOptions {
  fence: number
  progress: UploadProgressBoard
  /** Told of every change; `upToDate` once all that waited has been taken in. */
  line: LiveValue<LineState & { upToDate?: boolean }>
  /** They changed, or may have while the line was down. */
  guaranteesChanged(): void
}

export function startTransmission(context: MessengerContext, options: TransmissionOptions): Transmission {
  const { device, relay, owner, nowMs } = context
  const { fence, progress, line, guaranteesChanged } = options
  let stopped = false
  const failed = (error: unknown) => {
    if (error instanceof ClientError && error.code === 'not_owner') owner.lost(fence)
  }
  const connection = openConnection({
    origin: relay.origin,
    deviceToken: device.deviceToken,
    delivered: (delivery) => receiver.deliver(delivery),
    guaranteesChanged,
    nowMs,
  })
  const isOnline = () => !stopped && connection.state.get()?.state === 'online'
  const trust = createTrustCheck(context, () => connection.giveUp('trust_root_changed'))
  const common = { ...context, fence, connection, failed, isOnline, trust }
  const receiver = startReceiver(common)
  const uploads = startUploads({ ...common, progress })
  const certificates = createSenderCertificates({ relay, deviceToken: device.deviceToken, nowMs })
  const outbox = startOutbox({ ...common, certificates, upload: uploads.upload })
  const upkeep = keepUp({ ...common, isOnline })

  let wasOnline = false
  const followLine = () => {
    const state = connection.state.get()
    if (state === undefined || stopped) return
    line.set(state)
    const cameUp = state.state === 'online' && !wasOnline
    wasOnline = state.state === 'online'
    if (!wasOnline) receiver.interrupt()
    if (cameUp) {
      outbox.kickAll().catch(failed)
      upkeep.run()
      guaranteesChanged()
    }
    if (state.state === 'online' && state.drained) {
      void receiver.settled().then(() => {
        if (connection.state.get() === state && !stopped) line.set({ ...state, upToDate: true })
      })
    }
  }
  const stopFollowing = connection.state.subscribe(followLine)
  followLine()
  return {
    wake: () => connection.wake(),
    stop: async () => {
      stopped = true
      stopFollowing()
      outbox.stop()
      uploads.stop()
      upkeep.stop()
      receiver.stop()
      connection.close()
      // What is under way may wait for the network: it writes nothing any more, for the store closes or the fence rose.
      await Promise.race([receiver.settled(), new Promise((resolve) => setTimeout(resolve, STOP_WITHIN_MS))])
    },
  }
}

/** On every connection, every few hours, and when one-time prekeys run low. */
function keepUp(context: UpkeepContext & { isOnline(): boolean; failed(error: unknown): void }) {
  let running = false
  let toppingUp = false
  const guarded = async (work: () => Promise<void>) => {
    if (!context.isOnline()) return
    try {
      await work()
    } catch (error) {
      if (!isPassing(error)) context.failed(error)
    }
  }
  const run = () => {
    if (running) return
    running = true
    void guarded(() => doUpkeep(context)).finally(() => {
      running = false
    })
  }
  const topUp = async () => {
    if (toppingUp || running) return
    toppingUp = true
    const left = await context.store.count('preKeys').catch(() => TOP_UP_BELOW)
    if (left < TOP_UP_BELOW) await guarded(() => topUpPreKeys(context))
    toppingUp = false
  }
  const timer = setInterval(run, UPKEEP_EVERY_MS)
  const stopListening = context.store.onChange((changes) => {
    if (changes.some(({ table }) => table === 'preKeys')) void topUp()
  })
  return {
    run,
    stop: () => {
      clearInterval(timer)
      stopListening()
    },
  }
}
