/**
 * A photo of a message, fetched once it is looked at. Not concerned with how it travels or where it is kept: asking the
 * messenger both fetches and keeps it.
 */
import type { MessageId } from '@pli/protocol/content'
import { useCallback, useEffect, useState } from 'react'
import { useMessenger } from '../hooks/pli-context.tsx'

export interface PhotoState {
  readonly bytes?: Uint8Array
  readonly failure?: unknown
  readonly retry: () => void
}

export function usePhoto(messageId: MessageId, wanted: boolean): PhotoState {
  const messenger = useMessenger()
  const [attempt, setAttempt] = useState(0)
  const [result, setResult] = useState<{ bytes?: Uint8Array; failure?: unknown }>({})
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt asks again
  useEffect(() => {
    if (!wanted) return
    let alive = true
    messenger.photo(messageId).then(
      (bytes) => alive && setResult({ bytes }),
      (failure: unknown) => alive && setResult({ failure }),
    )
    return () => {
      alive = false
    }
  }, [messenger, messageId, wanted, attempt])
  const retry = useCallback(() => {
    setResult({})
    setAttempt((count) => count + 1)
  }, [])
  return { ...result, retry }
}
