// @pli/directory/therapeutic-links: the rules of therapeutic links and exclusions, for a service that keeps them.

export { type LinkKind, type LinkProfessional, linkKinds, type TherapeuticLink } from './model.ts'
export { createLinkRegistry, type LinkRegistry } from './registry.ts'
