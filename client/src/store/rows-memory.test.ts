import { createMemoryDisk, openMemoryRows } from './rows-memory.ts'
import { describeStore } from './suite.ts'

describeStore('memory', async () => {
  const disk = createMemoryDisk()
  return { open: async () => openMemoryRows(disk) }
})
