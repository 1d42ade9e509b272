import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// What needs a MongoDB-compatible server, at MONGODB_URI: run by `npm run test:storage:mongo`, which finds or starts one.
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['server/src/**/*.mongo-test.ts', 'test/**/*.mongo-test.ts'],
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
