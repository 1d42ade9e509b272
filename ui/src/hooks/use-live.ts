/** Reads a `Live` value of the messenger and follows it. Undefined until the first value came. */
import type { Live } from '@pli/client'
import { useCallback, useSyncExternalStore } from 'react'

export function useLive<T>(live: Live<T>): T | undefined {
  const subscribe = useCallback((listener: () => void) => live.subscribe(listener), [live])
  return useSyncExternalStore(subscribe, () => live.get())
}
