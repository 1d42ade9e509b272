import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Journeys through the built apps in a real browser: one file after the other, for each has a relay and a browser of
// its own, and nothing is tried twice.
export default defineConfig({
  test: {
    include: ['test/journeys/*.journey.ts'],
    globalSetup: fileURLToPath(new URL('./prepare.ts', import.meta.url)),
    fileParallelism: false,
    retry: 0,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
})
