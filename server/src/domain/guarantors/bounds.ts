/** How long things last and how many there may be; why, in docs/decisions/0037. */
const DAY_MS = 24 * 3600_000

/** An undecided request lapses. */
export const PENDING_MS = 30 * DAY_MS
export const GUARANTEE_MS = 365 * DAY_MS
/** A guarantee may be renewed when less than this is left of it. */
export const RENEWABLE_MS = 60 * DAY_MS
/** How long a refusal is remembered, and the same name kept from the same guarantor. */
export const COOL_DOWN_MS = 30 * DAY_MS
/** How long those who wrote with somebody can still see who it was; and an ended guarantee be renewed. */
export const AFTER_END_MS = 90 * DAY_MS
/** Wrong digits before a request is refused. */
export const CHECK_TRIES = 5
