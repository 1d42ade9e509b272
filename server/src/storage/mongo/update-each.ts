/**
 * Many updates of a collection, whose order does not matter, as a few commands side by side. FerretDB 1 keeps a
 * connection to its file for each update of a command until the last is done, and stands still for ever at a hundred.
 */
import type { AnyBulkWriteOperation, Model, mongo } from 'mongoose'

const UPDATES_PER_COMMAND = 50

export async function updateEach<T extends mongo.Document>(
  model: Model<T>,
  updates: AnyBulkWriteOperation<T>[],
): Promise<void> {
  const commands: Promise<unknown>[] = []
  for (let start = 0; start < updates.length; start += UPDATES_PER_COMMAND) {
    const some = updates.slice(start, start + UPDATES_PER_COMMAND)
    commands.push(model.bulkWrite(some as Parameters<Model<T>['bulkWrite']>[0], { ordered: false }))
  }
  await Promise.all(commands)
}
