import type { Body } from './body';

/** What an XML answer says: texts, elements by name, and lists (elements called `item` or `member`). */
export type Parsed = string | Parsed[] | { [name: string]: Parsed };

const TOKEN = /<\?[^>]*\?>|<(\/?)([\w:.-]+)[^>]*?(\/?)>|([^<]+)/g;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

const unescapeXml = (text: string): string =>
  text.replaceAll(/&(?:#(\d+)|(\w+));/g, (whole, code: string | undefined, name: string | undefined) =>
    code === undefined ? (ENTITIES[name ?? ''] ?? whole) : String.fromCodePoint(Number(code)),
  );

interface Element {
  readonly name: string;
  readonly children: (readonly [string, Parsed])[];
  text: string;
}

function valueOf({ children, text }: Element): Parsed {
  if (children.length === 0) return unescapeXml(text.trim());
  if (children.every(([name]) => name === 'item' || name === 'member')) return children.map(([, value]) => value);
  const byName: { [name: string]: Parsed } = {};
  for (const [name, value] of children) {
    const before = byName[name];
    // Lists without a wrapper of their own repeat the element.
    byName[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
  }
  return byName;
}

/** Reads the answers of AWS's XML protocols: no attributes, no mixed content. @returns what is in the root element */
export function parseXml(xml: string): Parsed {
  const open: Element[] = [{ name: '', children: [], text: '' }];
  for (const [, closing, name, empty, text] of xml.matchAll(TOKEN)) {
    const top = open.at(-1);
    if (top === undefined) throw new Error('an element is closed that was not opened');
    if (text !== undefined) top.text += text;
    else if (name === undefined) continue;
    else if (closing === '/') {
      open.pop();
      open.at(-1)?.children.push([name, valueOf(top)]);
    } else if (empty === '/') top.children.push([name, '']);
    else open.push({ name, children: [], text: '' });
  }
  return open[0]?.children[0]?.[1] ?? '';
}

/** An element; lists repeat it. */
export function toXml(name: string, value: Body): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((one: Body) => toXml(name, one)).join('');
  const inner =
    typeof value === 'object'
      ? Object.entries(value)
          .map(([key, one]) => toXml(key, one))
          .join('')
      : String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<${name}>${inner}</${name}>`;
}
