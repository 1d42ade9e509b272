/** Why the relay does not start: a sentence for the operator. It never travels to a client. */
export class StartRefusal extends Error {
  override readonly name = 'StartRefusal'
}
