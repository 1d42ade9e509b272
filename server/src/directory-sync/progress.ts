/** How far a synchronisation is, on one line of standard error that is written anew, or a line a while into a file. */
import type { SyncProgress } from '@pli/directory/sync'

const EVERY_MS = { terminal: 200, file: 5_000 }

export function createProgress(stream: NodeJS.WriteStream): {
  show(progress: SyncProgress): void
  end(): void
} {
  let shownAtMs = 0
  let shownPhase = ''
  const everyMs = stream.isTTY ? EVERY_MS.terminal : EVERY_MS.file
  return {
    show(progress) {
      const nowMs = performance.now()
      if (progress.phase === shownPhase && nowMs - shownAtMs < everyMs) return
      shownAtMs = nowMs
      shownPhase = progress.phase
      const line = describe(progress)
      stream.write(stream.isTTY ? `\r\u001B[K${line}` : `${line}\n`)
    },
    end() {
      if (stream.isTTY && shownPhase !== '') stream.write('\r\u001B[K')
      shownPhase = ''
    },
  }
}

function describe(progress: SyncProgress): string {
  switch (progress.phase) {
    case 'staging': {
      const { people, roles, totalPeople } = progress
      return `  staging: ${people}${totalPeople === undefined ? '' : ` of ${totalPeople}`} people, ${roles} roles`
    }
    case 'following':
      return `  following: ${progress.fetched} people fetched`
    default:
      return `  ${progress.phase} …`
  }
}
