import type { InboxRow } from '@pli/client'
import { describe, expect, it } from 'vitest'
import { loadSpeech } from '../i18n/translator.ts'
import { deadlineTime, dueWords, pressureOf } from './due.tsx'
import { groupRows } from './inbox-list.tsx'

const nowMs = new Date(2026, 10, 17, 10, 21).getTime()
const minutes = (count: number) => nowMs + count * 60_000
const french = await loadSpeech('fr')
/** The space before a unit is one that does not break. */
const words = (answerByMs: number) => dueWords(french, answerByMs, nowMs).replaceAll('\u00a0', ' ')

describe('a deadline', () => {
  it('is red only when time is really running, and says how much', () => {
    expect(pressureOf(minutes(9), nowMs)).toBe('urgent')
    expect(words(minutes(9))).toBe('encore 9 min')
    expect(pressureOf(minutes(69), nowMs)).toBe('soon')
    expect(words(minutes(69))).toBe('répondre avant 11:30')
    expect(pressureOf(minutes(159), nowMs)).toBe('calm')
  })
  it('that is past says by how much', () => {
    expect(pressureOf(minutes(-4), nowMs)).toBe('late')
    expect(words(minutes(-4))).toBe('passé de 4 min')
    expect(words(nowMs)).toBe('passé de 1 min')
  })
  it('of another day says so', () => {
    expect(deadlineTime(french, minutes(24 * 60), nowMs)).toBe('demain 10:21')
    expect(deadlineTime(french, minutes(72 * 60), nowMs)).toBe('20/11 10:21')
  })
})

describe('the groups of the inbox', () => {
  const row = (id: string, more: object) =>
    ({ conversationId: id, toAnswer: false, ...more }) as unknown as InboxRow
  const asked = row('asked', { toAnswer: true, lastMessage: { outgoing: { state: 'waiting' } } })
  const waiting = row('waiting', { lastMessage: { outgoing: { state: 'waiting' } } })
  const sent = row('sent', { lastMessage: { outgoing: { state: 'relayed' } } })

  it('put what waits for an answer first, whatever else is true of it', () => {
    expect(groupRows([sent, asked], false)).toEqual({ toAnswer: [asked], waiting: [], recent: [sent] })
  })
  it('show what waits on this device when offline, and every row once', () => {
    expect(groupRows([asked, waiting, sent], true)).toEqual({
      toAnswer: [asked],
      waiting: [waiting],
      recent: [sent],
    })
    expect(groupRows([waiting, sent], false).recent).toEqual([waiting, sent])
  })
})
