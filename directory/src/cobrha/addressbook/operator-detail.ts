// What a service said when it refused is worth keeping for whoever runs the relay; whom it said it about is not.
// Not concerned with the error's own message: that is ours and says nothing of anybody.

import { DirectoryError } from '../../errors.ts'

const MAX_DETAIL = 300
const MAX_READ = 5_000

/** The same error with its operator detail shortened and freed of what was asked for, of numbers and of addresses. */
export function withoutCriteria(error: unknown, criteria: object): unknown {
  if (!(error instanceof DirectoryError) || error.operatorDetail === undefined) return error
  const words = Object.values(criteria)
    .filter((value): value is string => typeof value === 'string')
    .flatMap((value) => [value, ...value.split(/[\s*]+/)])
    .filter((word) => word.length > 1)
    .sort((a, b) => b.length - a.length)
  let detail = error.operatorDetail.slice(0, MAX_READ)
  for (const word of words) detail = removeWord(detail, word)
  const bare = detail.replace(/\S+@\S+/g, '…').replace(/\d[\d .-]{4,}\d/g, '…')
  // Shortened last: half a name would not be found.
  return new DirectoryError(error.code, error.message, bare.slice(0, MAX_DETAIL))
}

function removeWord(text: string, word: string): string {
  return text.replace(new RegExp(word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), 'gi'), '…')
}
