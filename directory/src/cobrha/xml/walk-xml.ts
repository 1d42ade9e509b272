// Finding one's way in a tree that was read: every step names the namespace.
// Not concerned with reading documents (read-xml.ts).

import type { XmlElement } from './read-xml.ts'

export function childrenOf(parent: XmlElement | undefined, namespace: string, name: string): XmlElement[] {
  return parent?.children.filter((child) => child.name === name && child.namespace === namespace) ?? []
}

export function childOf(
  parent: XmlElement | undefined,
  namespace: string,
  name: string,
): XmlElement | undefined {
  return parent?.children.find((child) => child.name === name && child.namespace === namespace)
}

/** The trimmed text of a child; undefined if there is no such child or nothing in it. */
export function textOf(parent: XmlElement | undefined, namespace: string, name: string): string | undefined {
  const text = childOf(parent, namespace, name)?.text.trim()
  return text === '' ? undefined : text
}
