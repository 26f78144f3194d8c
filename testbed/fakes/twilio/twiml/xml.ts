import { RuleBroken } from '../errors';

/** An element of a document: what TwiML has of XML, no namespaces and no mixed content that matters. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Character data, unescaped and trimmed. */
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
const TOKEN =
  /<\?xml\s[^?]*\?>|<!--(?:(?!--)[^])*-->|<\/([A-Za-z][\w.-]*)\s*>|<([A-Za-z][\w.-]*)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;
const ATTRIBUTE = /([\w.:-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;

/** Reads a document strictly. @throws RuleBroken 12100 for anything that is not well-formed */
export function parseXml(source: string): XmlElement {
  const open: OpenElement[] = [{ name: '', attributes: new Map(), children: [], text: '' }];
  TOKEN.lastIndex = 0;
  let at = 0;
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(source);
    if (token === null) throw malformed(`at character ${at}`);
    const [whole, closed, opened, attributes = '', empty, text] = token;
    if (whole.startsWith('<?') && at > 0) throw malformed('the declaration is not at the beginning');
    at = TOKEN.lastIndex;
    const top = open.at(-1);
    if (top === undefined) throw malformed('an element is closed that was not opened');
    if (text !== undefined) top.text += unescape(text);
    if (opened !== undefined) {
      const element: OpenElement = { name: opened, attributes: attributesOf(attributes), children: [], text: '' };
      if (empty === '/') top.children.push(element);
      else open.push(element);
    }
    if (closed !== undefined) {
      if (top.name !== closed) throw malformed(`</${closed}> closes <${top.name}>`);
      open.pop();
      open.at(-1)?.children.push({ ...top, text: top.text.trim() });
    }
  }
  const [document] = open;
  const [root, ...more] = document?.children ?? [];
  if (open.length !== 1 || root === undefined || more.length > 0 || document?.text.trim() !== '') {
    throw malformed('it has not exactly one root element');
  }
  return root;
}

function attributesOf(source: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single] of source.matchAll(ATTRIBUTE)) {
    if (attributes.has(name)) throw malformed(`attribute ${name} is there twice`);
    attributes.set(name, unescape(double ?? single ?? ''));
  }
  return attributes;
}

function unescape(text: string): string {
  return text.replaceAll(
    /&(?:#(\d+);|#x([\da-fA-F]+);|(\w+);)?/g,
    (_, decimal?: string, hex?: string, name?: string) => {
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      const character = ENTITIES[name ?? ''];
      if (character === undefined) throw malformed('an & that begins no entity');
      return character;
    },
  );
}

function malformed(about: string): RuleBroken {
  return new RuleBroken(12100, `TwiML is not well-formed: ${about}`);
}
