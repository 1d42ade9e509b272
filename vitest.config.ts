import { defineConfig } from 'vitest/config'

// Tests stand beside the code they guard. Browser journeys, the demo and the interop run have commands of
// their own (see README): they are programs, not unit tests.
export default defineConfig({
  test: {
    include: [
      '{protocol,crypto,directory,server,client,ui,web,mobile-pwa}/src/**/*.test.{ts,tsx}',
      'test/**/*.test.ts',
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
