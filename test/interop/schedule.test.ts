/** The schedule is what its options say: the interoperation run is worth no more than that. */
import { describe, expect, it } from 'vitest'
import { makeSchedule, type ScheduleEvent, type Side } from './schedule.ts'

const OPTIONS = { seed: 5, messagesPerSide: 3_000, loss: 0.1, reorder: 8 }

const arrivals = (events: readonly ScheduleEvent[], from: Side) =>
  events.flatMap((event) => (event.kind === 'deliver' && event.from === from ? [event.message] : []))

/** For each message, how many later ones arrived before it. */
function overtakings(order: readonly number[]): number[] {
  return order.map((message, i) => order.slice(0, i).filter((earlier) => earlier > message).length)
}

describe('a schedule', () => {
  const events = makeSchedule(OPTIONS)

  it('is the same for the same seed and another for another', () => {
    expect(makeSchedule(OPTIONS)).toEqual(events)
    expect(makeSchedule({ ...OPTIONS, seed: 6 })).not.toEqual(events)
  })

  it.each(['a', 'b'] as const)(
    'sends every message of %s once, loses a tenth and reorders within eight',
    (from) => {
      const sent = events.flatMap((event) =>
        event.kind === 'send' && event.from === from ? [event.message] : [],
      )
      expect(sent).toEqual(Array.from({ length: OPTIONS.messagesPerSide }, (_, i) => i))
      const order = arrivals(events, from)
      expect(new Set(order).size).toBe(order.length)
      expect(order.length / sent.length).toBeGreaterThan(0.88)
      expect(order.length / sent.length).toBeLessThan(0.92)
      expect(Math.max(...overtakings(order))).toBe(OPTIONS.reorder)
    },
  )

  it('delivers nothing before it was sent, and lets B speak only after it heard of A', () => {
    const sent = new Set<string>()
    let heard = false
    for (const event of events) {
      if (event.kind === 'send') {
        if (event.from === 'b') expect(heard).toBe(true)
        sent.add(`${event.from}${event.message}`)
      } else {
        expect(sent.has(`${event.from}${event.message}`)).toBe(true)
        if (event.from === 'a') heard = true
      }
    }
  })

  it('without loss and reordering delivers everything in order', () => {
    const plain = makeSchedule({ ...OPTIONS, loss: 0, reorder: 0 })
    for (const from of ['a', 'b'] as const) {
      expect(arrivals(plain, from)).toEqual(Array.from({ length: OPTIONS.messagesPerSide }, (_, i) => i))
    }
  })
})
