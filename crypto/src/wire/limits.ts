/** Sizes beyond which nothing is read or written, in bytes: no peer can make a device allocate more. */

/** Longest plaintext of one message. Photos travel as attachments. */
export const MAX_PLAINTEXT_LENGTH = 192 * 1024
/** Longest serialised message: plaintext, padding, handshake and framing fit. */
export const MAX_MESSAGE_LENGTH = 256 * 1024
