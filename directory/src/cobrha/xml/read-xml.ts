// Reading XML that somebody else wrote: to a small tree, with namespaces, piece by piece as it arrives, and never
// more than the limits say.
// Source: XML 1.0 and Namespaces in XML 1.0, by way of saxes, which resolves the five built-in entities only.
// A document type is refused: there are no entities to expand and nothing to fetch. So are processing
// instructions and any encoding but UTF-8.
// Not concerned with what the elements mean.

import { SaxesParser, type SaxesTagNS } from 'saxes'
import { DirectoryError } from '../../errors.ts'

export interface XmlElement {
  /** the namespace, empty if there is none */
  readonly namespace: string
  readonly name: string
  /** by local name: the formats read here have no two attributes of one local name */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** directly inside, children left out */
  readonly text: string
}

export interface XmlLimits {
  readonly maxBytes: number
  readonly maxDepth: number
  readonly maxElements: number
  /** of one element, namespace declarations included */
  readonly maxAttributes: number
}

/** A page of 100 people is about 100 KB and 8 deep. */
export const defaultXmlLimits: XmlLimits = {
  maxBytes: 4 * 1024 * 1024,
  maxDepth: 32,
  maxElements: 50_000,
  maxAttributes: 32,
}

export interface XmlReader {
  write(bytes: Uint8Array): void
  /** The root element. The document must be complete. */
  end(): XmlElement
}

interface OpenElement extends XmlElement {
  readonly children: XmlElement[]
  text: string
}

/**
 * Both methods throw DirectoryError: `source-malformed` for what is not well-formed or not allowed here,
 * `source-too-large` as soon as a limit is passed. After an error nothing more may be written.
 */
export function createXmlReader(limits: XmlLimits = defaultXmlLimits): XmlReader {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  const parser = new SaxesParser({ xmlns: true, position: false })
  const tree = growTree(parser, limits)
  let bytesSeen = 0
  return {
    write(bytes) {
      bytesSeen += bytes.length
      if (bytesSeen > limits.maxBytes) throw tooLarge()
      guard(() => parser.write(decoder.decode(bytes, { stream: true })))
    },
    end() {
      guard(() => {
        parser.write(decoder.decode())
        parser.close()
      })
      const root = tree.root()
      if (root === undefined) throw malformed()
      return root
    },
  }
}

/** @throws DirectoryError `source-malformed`, `source-too-large` */
export function readXml(document: string | Uint8Array, limits: XmlLimits = defaultXmlLimits): XmlElement {
  const reader = createXmlReader(limits)
  reader.write(typeof document === 'string' ? new TextEncoder().encode(document) : document)
  return reader.end()
}

function growTree(
  parser: SaxesParser<{ xmlns: true; position: false }>,
  limits: XmlLimits,
): { root: () => XmlElement | undefined } {
  const open: OpenElement[] = []
  let root: XmlElement | undefined
  let elements = 0
  let attributes = 0
  const refuse = (): never => {
    throw malformed()
  }
  parser.on('error', refuse)
  parser.on('doctype', refuse)
  parser.on('processinginstruction', refuse)
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) refuse()
  })
  parser.on('opentagstart', () => {
    attributes = 0
    elements += 1
    if (elements > limits.maxElements || open.length >= limits.maxDepth) throw tooLarge()
  })
  parser.on('attribute', () => {
    attributes += 1
    if (attributes > limits.maxAttributes) throw tooLarge()
  })
  parser.on('opentag', (tag) => {
    const element = toElement(tag)
    open.at(-1)?.children.push(element)
    root ??= element
    open.push(element)
  })
  parser.on('closetag', () => {
    open.pop()
  })
  const addText = (text: string): void => {
    const element = open.at(-1)
    if (element !== undefined) element.text += text
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  return { root: () => root }
}

function toElement(tag: SaxesTagNS): OpenElement {
  const attributes = new Map<string, string>()
  for (const { prefix, local, value } of Object.values(tag.attributes)) {
    if (prefix !== 'xmlns' && local !== 'xmlns') attributes.set(local, value)
  }
  return { namespace: tag.uri, name: tag.local, attributes, children: [], text: '' }
}

/** The parser's own errors quote the document; ours do not. */
function guard(work: () => void): void {
  try {
    work()
  } catch (error) {
    throw error instanceof DirectoryError ? error : malformed()
  }
}

const malformed = (): DirectoryError =>
  new DirectoryError(
    'source-malformed',
    'The answer is not well-formed XML of the kind that is accepted here.',
  )
const tooLarge = (): DirectoryError =>
  new DirectoryError('source-too-large', 'The answer is larger or deeper than any honest one.')
