/**
 * Indexes and migrations. Each migration is applied in order and may be applied again: two nodes may start at once and
 * none holds a lock, so every step leaves alone what it finds done. None is edited after a release.
 * SCHEMA.md says which query each index serves. Not concerned with queries.
 */
import type { IndexDefinition, IndexOptions, Model } from 'mongoose'
import { mongo } from 'mongoose'
import { RelayError } from '../../errors.ts'
import type { Models } from './models.ts'

/** The sweepers enforce expiry and account for it; the engine deletes only what no relay swept for so long. */
const BACKSTOP_AFTER_SECONDS = 7 * 24 * 3600

export interface MigrationOptions {
  /** TTL indexes where the engine has them. */
  expiryBackstop: boolean
}

type Migration = (models: Models, options: MigrationOptions) => Promise<void>

const migrations: Migration[] = [
  async (models, { expiryBackstop }) => {
    const ends = expiryBackstop ? { expireAfterSeconds: BACKSTOP_AFTER_SECONDS } : {}
    await index(models.accounts, { personId: 1 }, { unique: true })
    await index(models.accounts, { 'oidc.issuer': 1, 'oidc.subject': 1 }, { unique: true, sparse: true })
    await index(models.accounts, { 'login.name': 1 }, { unique: true, sparse: true })
    await index(models.credentials, { device: 1 })
    await index(models.transitions, { since: 1 })
    await index(models.envelopes, { device: 1, state: 1, sequence: 1 })
    await index(models.envelopes, { expiresAt: 1 }, ends)
    await index(models.envelopes, { goneAt: 1 }, { sparse: true })
    await index(models.submissions, { forgottenAt: 1 }, ends)
    await index(models.oneTimeKeys, { device: 1, kind: 1, spent: 1, position: 1 })
    await index(models.tickets, { expiresAt: 1 }, ends)
    await index(models.tickets, { personId: 1 })
    await index(models.attachments, { expiresAt: 1 })
    await index(models.attachmentChunks, { files_id: 1, n: 1 }, { unique: true })
  },
  async (models) => {
    await index(models.guarantees, { requestHash: 1 }, { unique: true })
    await index(models.guarantees, { guarantorId: 1, requestedAtMs: 1 })
    await index(models.guarantees, { state: 1, _id: 1 })
    await index(models.guarantees, { endsAt: 1 })
  },
  async ({ queues }) => {
    // Allocations used to be noted before their envelopes were there; now places are noted after.
    await queues.collection.updateMany(
      { unwritten: { $exists: false } },
      { $set: { unwritten: [] }, $unset: { pending: '' } },
    )
  },
]

/** Brings the database to this version. Throws RelayError `unavailable` when a newer version wrote it. */
export async function migrate(models: Models, options: MigrationOptions): Promise<void> {
  const found = await models.schema.findOne({ _id: 'relay' }).lean()
  const version = found?.version ?? 0
  if (version > migrations.length) {
    throw new RelayError('unavailable', 'this database was written by a newer version of the relay')
  }
  for (let next = version; next < migrations.length; next += 1) {
    await migrations[next]?.(models, options)
    await models.schema.updateOne({ _id: 'relay' }, { $max: { version: next + 1 } }, { upsert: true })
  }
}

async function index<T>(model: Model<T>, fields: IndexDefinition, options: IndexOptions = {}): Promise<void> {
  const { expireAfterSeconds, ...rest } = options
  try {
    await model.collection.createIndex(
      fields as mongo.IndexSpecification,
      options as mongo.CreateIndexesOptions,
    )
  } catch (error) {
    // An engine without TTL gets the plain index: the backstop is missing, the sweepers are not.
    if (expireAfterSeconds === undefined || !(error instanceof mongo.MongoServerError)) throw error
    await model.collection.createIndex(fields as mongo.IndexSpecification, rest as mongo.CreateIndexesOptions)
  }
}
