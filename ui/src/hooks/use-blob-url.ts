/** Bytes of a picture as an address the page can show; given back when no longer shown. */
import { useEffect, useState } from 'react'

export function useBlobUrl(bytes: Uint8Array | Blob | undefined): string | undefined {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    if (!bytes) return setUrl(undefined)
    const blob = bytes instanceof Blob ? bytes : new Blob([bytes.slice()], { type: 'image/jpeg' })
    const made = URL.createObjectURL(blob)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [bytes])
  return url
}
