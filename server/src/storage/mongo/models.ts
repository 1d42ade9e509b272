/**
 * The mongoose models over one connection. Schemas refuse fields they do not know; indexes are made by the
 * migrations (`schema.ts`), never in passing. Not concerned with queries.
 */
import { type Connection, type Model, Schema, type SchemaDefinition } from 'mongoose'
import type * as documents from './documents.ts'

/**
 * Nobody asks for more at a time, and all of it comes in one answer: the driver's 101 would cost a second exchange, and
 * leave the server something open in between.
 */
const DOCUMENTS_AT_ONCE = 1_000

const bytes = Buffer
const signedKey = { id: Number, publicKey: bytes, signature: bytes }

function define<T>(connection: Connection, name: string, fields: object): Model<T> {
  const options = {
    versionKey: false,
    autoIndex: false,
    autoCreate: false,
    strict: 'throw',
    _id: false,
  } as const
  const schema = new Schema<T>({ ...fields } as SchemaDefinition<T>, options)
  schema.pre('find', function () {
    if (this.getOptions().batchSize === undefined) this.setOptions({ batchSize: DOCUMENTS_AT_ONCE })
  })
  return connection.model<T>(name, schema, name)
}

export type AttachmentChunks = Models['attachmentChunks']
export type Models = ReturnType<typeof createModels>

export function createModels(connection: Connection) {
  const model = <T>(name: string, fields: object) => define<T>(connection, name, fields)
  return {
    accounts: model<documents.AccountDocument>('accounts', {
      _id: String,
      personId: String,
      identityKey: bytes,
      proof: { kind: String, atMs: Number },
      oidc: { type: new Schema({ issuer: String, subject: String }, { _id: false }), required: false },
      login: { type: new Schema({ name: String, passwordHash: String }, { _id: false }), required: false },
      createdAtMs: Number,
      lastDeviceId: Number,
      devices: [
        {
          _id: false,
          deviceKey: String,
          deviceId: Number,
          registrationId: Number,
          name: String,
          createdAtMs: Number,
          lastSeenDay: String,
        },
      ],
      revision: Number,
    }),
    credentials: model<documents.CredentialDocument>('credentials', {
      _id: String,
      accountId: String,
      device: String,
    }),
    transitions: model<documents.TransitionDocument>('transitions', {
      _id: String,
      accountId: String,
      since: Date,
    }),
    queues: model<documents.QueueDocument>('queues', {
      _id: String,
      lastSequence: Number,
      queued: Number,
      unwritten: [String],
    }),
    envelopes: model<documents.EnvelopeDocument>('envelopes', {
      _id: String,
      device: String,
      sequence: Number,
      state: String,
      size: Number,
      content: bytes,
      contentHash: bytes,
      receivedAtMs: Number,
      expiresAt: Date,
      forgottenAt: Date,
      goneAt: Date,
    }),
    submissions: model<documents.SubmissionDocument>('submissions', {
      _id: String,
      contentHash: bytes,
      receivedAtMs: Number,
      state: String,
      forgottenAt: Date,
    }),
    signedKeys: model<documents.SignedKeysDocument>('signedKeys', {
      _id: String,
      signedPreKey: signedKey,
      lastResortKyberPreKey: signedKey,
    }),
    oneTimeKeys: model<documents.OneTimeKeyDocument>('oneTimeKeys', {
      _id: String,
      device: String,
      kind: String,
      id: Number,
      position: Number,
      spent: Boolean,
      publicKey: bytes,
      signature: bytes,
    }),
    tickets: model<documents.TicketDocument>('tickets', {
      _id: String,
      kind: String,
      hash: bytes,
      personId: String,
      value: String,
      expiresAt: Date,
    }),
    push: model<documents.PushDocument>('pushSubscriptions', {
      _id: String,
      endpoint: String,
      p256dh: bytes,
      auth: bytes,
    }),
    attachments: model<documents.AttachmentDocument>('attachments', {
      _id: String,
      sizeBytes: Number,
      expiresAt: Date,
      state: String,
    }),
    attachmentChunks: model<documents.AttachmentChunkDocument>('attachmentBytes.chunks', {
      _id: String,
      files_id: String,
      n: Number,
      size: Number,
      data: bytes,
    }),
    installation: model<documents.InstallationDocument>('installation', { _id: String, value: bytes }),
    guarantees: model<documents.GuaranteeDocument>('guarantees', {
      _id: String,
      requestHash: bytes,
      checkHash: bytes,
      triesLeft: Number,
      state: String,
      guarantorId: String,
      nameKey: String,
      applicant: Schema.Types.Mixed,
      requestedAtMs: Number,
      endsAt: Date,
      admittedBy: String,
      decision: Schema.Types.Mixed,
    }),
    audit: model<documents.AuditDocument>('audit', {
      _id: Number,
      atMs: Number,
      event: String,
      actor: String,
      subject: String,
      hash: String,
    }),
    schema: model<documents.SchemaDocument>('schema', { _id: String, version: Number }),
  }
}
