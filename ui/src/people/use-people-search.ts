/**
 * The directory as one types: a short pause, one question at a time, an older answer never over a newer one. What was
 * found stays while the next answer comes.
 */
import type { DirectoryPage, DirectoryQuery } from '@pli/protocol/wire'
import { useCallback, useEffect, useState } from 'react'

const PAUSE_MS = 180
const MIN_CHARS = 2
const PAGE_ROWS = 20

export type SearchDirectory = (query: DirectoryQuery) => Promise<DirectoryPage>

export interface PeopleSearchState {
  readonly page?: DirectoryPage
  readonly searching: boolean
  readonly failure?: unknown
  readonly retry: () => void
}

/** What is asked; nothing while too little is typed. */
export function queryOf(
  name: string,
  place: string,
  filter: Partial<DirectoryQuery>,
): DirectoryQuery | undefined {
  const q = name.trim()
  const where = place.trim()
  if (q.length < MIN_CHARS && where.length < MIN_CHARS) return
  return { ...(q && { q }), ...(where && { place: where }), ...filter, limit: PAGE_ROWS }
}

export function usePeopleSearch(
  search: SearchDirectory,
  query: DirectoryQuery | undefined,
): PeopleSearchState {
  const [state, setState] = useState<Omit<PeopleSearchState, 'retry'>>({ searching: false })
  const [attempt, setAttempt] = useState(0)
  const asked = query && JSON.stringify(query)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` is the query, compared by content
  useEffect(() => {
    if (!query) return setState({ searching: false })
    let wanted = true
    setState((before) => ({ ...before, searching: true, failure: undefined }))
    const timer = setTimeout(() => {
      search(query).then(
        (page) => wanted && setState({ page, searching: false }),
        (failure: unknown) => wanted && setState({ searching: false, failure }),
      )
    }, PAUSE_MS)
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [search, asked, attempt])
  const retry = useCallback(() => setAttempt((count) => count + 1), [])
  return { ...state, retry }
}
