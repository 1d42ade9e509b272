/**
 * One thing at a time that may fail: a button's work. A second press while it runs does nothing.
 * Not concerned with showing the failure: the caller turns `failure` into a sentence.
 */
import { useCallback, useEffect, useRef, useState } from 'react'

export interface Task {
  readonly busy: boolean
  /** What the last run threw; undefined again when the next one starts. */
  readonly failure: unknown
  /** Resolves true when the work succeeded. */
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>
  readonly forget: () => void
}

export function useTask(): Task {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>()
  const running = useRef(false)
  const mounted = useRef(true)
  useEffect(() => {
    mounted.current = true
    return () => {
      mounted.current = false
    }
  }, [])
  const run = useCallback(async (work: () => Promise<unknown>) => {
    if (running.current) return false
    running.current = true
    setBusy(true)
    setFailure(undefined)
    try {
      await work()
      return true
    } catch (thrown) {
      if (mounted.current) setFailure(thrown ?? 'unknown')
      return false
    } finally {
      running.current = false
      if (mounted.current) setBusy(false)
    }
  }, [])
  const forget = useCallback(() => setFailure(undefined), [])
  return { busy, failure, run, forget }
}
