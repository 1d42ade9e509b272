// @pli/directory/sandbox-server: the sandbox's CoBRHA as a server of its own. Never for production.

export { type SandboxServer, type SandboxServerOptions, startSandboxServer } from './server.ts'
