// @pli/directory/sandbox: a generated CoBRHA for trying, demonstrating and testing. Never for production.

export { type DemoPerson, demoPeople, namesakes } from './demo-people.ts'
export { generateSandbox, type Sandbox, type SandboxOptions, sandboxSsinKey } from './generate.ts'
