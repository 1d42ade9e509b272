import { describe, expect, it } from 'vitest'
import { findShortcut, shortcutNames, shortcuts } from './shortcuts.ts'

const press = (key: string, more: Partial<Parameters<typeof findShortcut>[0]> = {}) => ({
  key,
  code: '',
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...more,
})
const idle = { writing: false, singleKeys: true }

describe('shortcuts', () => {
  it('never take a letter from what somebody writes', () => {
    for (const name of shortcutNames) {
      const { single } = shortcuts[name]
      if (single !== undefined)
        expect(findShortcut(press(single), { ...idle, writing: true })).toBeUndefined()
    }
  })
  it('can be had without single keys', () => {
    expect(findShortcut(press('n'), idle)).toBe('write')
    expect(findShortcut(press('n'), { ...idle, singleKeys: false })).toBeUndefined()
    const alt = press('ñ', { altKey: true, code: 'KeyN' })
    expect(findShortcut(alt, { writing: true, singleKeys: false })).toBe('write')
  })
  it('leave the browser its own combinations', () => {
    expect(findShortcut(press('n', { ctrlKey: true }), idle)).toBeUndefined()
    expect(findShortcut(press('p', { metaKey: true }), idle)).toBeUndefined()
  })
  it('let Escape leave a field', () => {
    expect(findShortcut(press('Escape'), { ...idle, writing: true })).toBe('leave')
  })
  it('give no two things the same key', () => {
    const keys = shortcutNames.flatMap((name) => {
      const { single, alt, always } = shortcuts[name]
      return [single, alt && `alt ${alt}`, always].filter(Boolean)
    })
    expect(new Set(keys).size).toBe(keys.length)
  })
})
