// Writing XML: elements as values, escaped once, in one place.
// Not concerned with what is written.

export type XmlContent = string | readonly XmlNode[]

export interface XmlNode {
  /** with its prefix: `p:LastName` */
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly content: XmlContent
}

export function element(
  name: string,
  content: XmlContent = '',
  attributes: Readonly<Record<string, string>> = {},
): XmlNode {
  return { name, attributes, content }
}

/** An element if there is something to put into it. */
export function optionalElement(name: string, content: string | undefined): XmlNode[] {
  return content === undefined ? [] : [element(name, content)]
}

export function writeXml({ name, attributes, content }: XmlNode): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`)
  const inside = typeof content === 'string' ? escapeXml(content) : content.map(writeXml).join('')
  return inside === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${inside}</${name}>`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

export function escapeXml(text: string): string {
  return clean(text).replace(/[&<>"\t\n\r]/g, (character) => ESCAPES[character] ?? character)
}

/** Characters that no XML may contain become U+FFFD, so that nothing typed can break a document. */
export function clean(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
}
