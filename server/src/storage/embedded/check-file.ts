/** Folds a copied write-ahead log into its database file and asks SQLite whether all is intact. */
import { Database } from './database.ts'

export async function checkDatabaseFile(file: string): Promise<boolean> {
  const database = new Database(file)
  try {
    const found = database.prepare<{ integrity_check: string }>('PRAGMA integrity_check').all()
    return found.length === 1 && found[0]?.integrity_check === 'ok'
  } finally {
    await database.close()
  }
}
