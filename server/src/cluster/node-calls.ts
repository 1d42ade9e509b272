/**
 * Purpose: one node's part in the conversation of nodes: what its domain tells the others, gathered for one turn of the
 * event loop; what the others tell it; and a push for an urgent envelope whose device no node has.
 * Not concerned with how calls travel: they may be lost, and `healing.ts` makes up for it.
 */
import type { Connections } from '../domain/relay/connections.ts'
import type { OtherNodes } from '../domain/relay/other-nodes.ts'
import type { PushWaker } from '../domain/relay/push-waker.ts'
import type { DeviceAddress } from '../storage/interfaces.ts'
import type { Call } from './calls.ts'

/** A node that has the device says so within milliseconds; one that hangs must not keep a person from being called. */
const ANSWER_WITHIN_MS = 1_000

export interface NodeCalls extends OtherNodes {
  /** What other nodes told. */
  receive(calls: Call[]): void
  close(): void
}

interface Sources {
  connections: () => Pick<Connections, 'wake' | 'yieldTo' | 'review' | 'addressesOf'>
  push: PushWaker
  send(calls: Call[]): void
  answerWithinMs?: number
}

export function createNodeCalls(sources: Sources): NodeCalls {
  const { connections, push, send, answerWithinMs = ANSWER_WITHIN_MS } = sources
  /** Urgent ones that nobody has said to have yet. */
  const unanswered = new Map<number, DeviceAddress>()
  const timers = new Set<NodeJS.Timeout>()
  // Every node hears every answer: whose question it was must show.
  let question = Math.floor(Math.random() * 2 ** 32) * 2 ** 20
  let gathered: Call[] = []

  function tell(call: Call): void {
    gathered.push(call)
    if (gathered.length === 1) setImmediate(flush)
  }

  function flush(): void {
    const calls = gathered
    gathered = []
    const asked = calls.flatMap((call) => (call.is === 'wake' && call.question ? [call.question] : []))
    if (asked.length > 0) pushUnanswered(asked)
    if (calls.length > 0) send(calls)
  }

  function pushUnanswered(questions: number[]): void {
    const timer = setTimeout(() => {
      timers.delete(timer)
      for (const one of questions) {
        const address = unanswered.get(one)
        unanswered.delete(one)
        if (address) push.wake(address)
      }
    }, answerWithinMs)
    timers.add(timer)
  }

  function receiveOne(call: Call, held: number[]): void {
    if (call.is === 'held') for (const one of call.questions) unanswered.delete(one)
    else if (call.is === 'wake') {
      const has = connections().wake(addressOf(call), call.question !== undefined)
      if (has && call.question !== undefined) held.push(call.question)
    } else if (call.is === 'tookOver') connections().yieldTo(addressOf(call), call.atMs)
    else if (call.is === 'cutOff') review(addressOf(call), call.reason)
    else for (const address of connections().addressesOf(call.accountId)) review(address, call.reason)
  }

  function review(address: DeviceAddress, reason: Parameters<OtherNodes['cutOff']>[1]): void {
    // The store decides. While it does not answer, nothing is delivered; healing asks it again.
    connections()
      .review(address, reason)
      .catch(() => undefined)
  }

  return {
    wake({ accountId, deviceId }, urgent) {
      if (!urgent) return tell({ is: 'wake', accountId, deviceId })
      question += 1
      unanswered.set(question, { accountId, deviceId })
      tell({ is: 'wake', accountId, deviceId, question })
    },
    tookOver: ({ accountId, deviceId }, atMs) => tell({ is: 'tookOver', accountId, deviceId, atMs }),
    cutOff: ({ accountId, deviceId }, reason) => tell({ is: 'cutOff', accountId, deviceId, reason }),
    cutOffAccount: (accountId, reason) => tell({ is: 'cutOffAccount', accountId, reason }),
    receive(calls) {
      const held: number[] = []
      for (const call of calls) receiveOne(call, held)
      if (held.length > 0) tell({ is: 'held', questions: held })
    },
    close() {
      flush()
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

function addressOf({ accountId, deviceId }: DeviceAddress): DeviceAddress {
  return { accountId, deviceId }
}
