// Where in the feed of notifications a reader is: the last sequence number, and when the feed was read up to it.
// Not concerned with reading the feed (notifications.ts).

export interface Position {
  readonly sequence: number
  readonly asOfMs: number
}

export function writePosition({ sequence, asOfMs }: Position): string {
  return `${sequence}@${asOfMs}`
}

/** undefined for what this connector did not write */
export function readPosition(written: string): Position | undefined {
  const [, sequence, asOfMs] = /^(\d{1,15})@(\d{1,15})$/.exec(written) ?? []
  return sequence === undefined ? undefined : { sequence: Number(sequence), asOfMs: Number(asOfMs) }
}
