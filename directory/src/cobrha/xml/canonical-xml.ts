// Writing XML so that its text is its own canonical form: what is signed is what is sent, byte for byte.
// Source: Exclusive XML Canonicalization 1.0, without comments. The caller declares each namespace on the outermost
// signed element that uses it, and nowhere deeper.
// Not concerned with canonicalising documents of others.

import { clean, type XmlNode } from './write-xml.ts'

/** Elements have both tags; declarations come first, then attributes without a prefix, then those with one. */
export function writeCanonicalXml({ name, attributes, content }: XmlNode): string {
  const written = Object.entries(attributes)
    .sort(([a], [b]) => compare(orderOf(a), orderOf(b)))
    .map(([key, value]) => ` ${key}="${escapeAttribute(value)}"`)
  const inside = typeof content === 'string' ? escapeText(content) : content.map(writeCanonicalXml).join('')
  return `<${name}${written.join('')}>${inside}</${name}>`
}

/** Attributes with a prefix are in the order of their namespaces: there is never more than one of them here. */
function orderOf(attribute: string): string {
  if (attribute.startsWith('xmlns:')) return `0${attribute}`
  return attribute.includes(':') ? `2${attribute}` : `1${attribute}`
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const escapeText = (text: string): string =>
  clean(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#xD;')

const escapeAttribute = (text: string): string =>
  clean(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#x9;')
    .replaceAll('\n', '&#xA;')
    .replaceAll('\r', '&#xD;')
