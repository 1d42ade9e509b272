import type { ConversationId } from '@pli/client'
import { describe, expect, it } from 'vitest'
import { parseRoute, type Route, routeHref } from './route.ts'

const conversationId = '0b7c2f6e-5b0e-4c5e-9b3a-2f6b1f0c9a11' as ConversationId
const all: Route[] = [
  { at: 'inbox' },
  { at: 'conversation', conversationId },
  { at: 'person', conversationId },
  { at: 'new' },
  { at: 'people' },
  { at: 'me' },
]

describe('addresses in the fragment', () => {
  it('lead back to the place they were made from', () => {
    for (const route of all) expect(parseRoute(routeHref(route))).toEqual(route)
  })
  it('stay in the fragment, so that no server sees who reads whom', () => {
    for (const route of all) expect(routeHref(route).startsWith('#/')).toBe(true)
  })
  it('mean the inbox when they mean nothing', () => {
    for (const hash of [
      '',
      '#',
      '#/',
      '#/nowhere',
      '#/c',
      '#/c/',
      '#/c/<img>',
      '#/constructor',
      '#/c/../me',
    ]) {
      expect(parseRoute(hash)).toEqual({ at: 'inbox' })
    }
  })
})
