import { createMemoryStore } from './memory-store.ts'
import { describeDirectoryStore } from './suite.ts'

describeDirectoryStore('the store in memory', {
  open: async () => createMemoryStore(),
  clean: async () => {},
})
