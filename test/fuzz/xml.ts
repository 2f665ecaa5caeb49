/** AWS's XML with something done to one of its elements. */
import fc from 'fast-check'
import { text } from './texts.ts'

export interface XmlChange {
  at: number
  how: 'remove' | 'empty' | 'text' | 'double' | 'rename' | 'unclosed' | 'nest' | 'bomb' | 'lower' | 'cdata' | 'raw'
  text: string
}

const bomb = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">${'bcdefghi'
  .split('')
  .map((name, index) => `<!ENTITY ${name} "${`&${'abcdefgh'[index]};`.repeat(10)}">`)
  .join('')}<!ENTITY x SYSTEM "file:///etc/passwd">]>`

export const xmlChange: fc.Arbitrary<XmlChange> = fc.record({
  at: fc.nat(2000),
  how: fc.constantFrom<XmlChange['how']>(
    ...(['remove', 'remove', 'remove', 'empty', 'empty', 'text', 'text', 'double', 'rename', 'unclosed'] as const),
    ...(['nest', 'bomb', 'lower', 'cdata', 'raw'] as const),
  ),
  text,
})

interface Element {
  tag: string
  from: number
  inner: number
  end: number
  to: number
}

export function changedXml(
  xml: string,
  { at, how, text: words }: XmlChange,
): { xml: string; tag: string; content: string } {
  const elements = elementsOf(xml)
  const one = elements[at % elements.length]
  if (!one) return { xml: words, tag: '', content: '' }
  const [before, content, after] = [xml.slice(0, one.inner), xml.slice(one.inner, one.end), xml.slice(one.end)]
  const whole = xml.slice(one.from, one.to)
  const put = (instead: string) => xml.slice(0, one.from) + instead + xml.slice(one.to)
  const made: Record<XmlChange['how'], () => string> = {
    remove: () => put(''),
    empty: () => put(`<${one.tag}/>`),
    text: () => before + escaped(words) + after,
    double: () => put(whole + whole),
    rename: () => put(`<Other>${content}</Other>`),
    unclosed: () => before + content + xml.slice(one.to),
    nest: () => `${before}${`<${one.tag}>`.repeat(500)}${content}${`</${one.tag}>`.repeat(500)}${after}`,
    bomb: () => `${bomb}${before}&i;&x;${content}${after}`,
    lower: () => put(whole.toLowerCase()),
    cdata: () => `${before}<![CDATA[${words}]]>${after}`,
    raw: () => before + words + after,
  }
  return { xml: made[how](), tag: one.tag, content }
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function elementsOf(xml: string): Element[] {
  const found: Element[] = []
  const open: Element[] = []
  for (const match of xml.matchAll(/<(\/?)([A-Za-z]+)[^>]*?(\/?)>/g)) {
    const [token, closing, tag = '', self] = match
    const inner = match.index + token.length
    if (self) found.push({ tag, from: match.index, inner, end: inner, to: inner })
    else if (!closing) open.push({ tag, from: match.index, inner, end: inner, to: inner })
    else {
      const one = open.pop()
      if (one) found.push({ ...one, end: match.index, to: inner })
    }
  }
  return found.sort((one, other) => one.from - other.from)
}
