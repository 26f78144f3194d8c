import { RuleBroken } from '../errors';
import { Attributes } from './attributes';
import { dialOf } from './dial';
import { actionOf, urlOf } from './urls';
import type { Stream, Verb } from './verbs';
import { parseXml, type XmlElement } from './xml';

/** Source: https://www.twilio.com/docs/voice/twiml (limits) */
const MAX_BYTES = 64 * 1024;
/** Of the documents that come with a REST request. Source: https://www.twilio.com/docs/voice/api/call-resource (Twiml) */
const MAX_INLINE_CHARACTERS = 4_000;
/** Name and value of a <Parameter> together. Source: https://www.twilio.com/docs/voice/twiml/stream (custom parameters) */
const MAX_PARAMETER_CHARACTERS = 500;

/** What a document is read with. */
export interface DocumentOrigin {
  /** What relative URLs are relative to; undefined for inline documents, which have none. */
  readonly base: string | undefined;
  /** The leg is one of SIP: only these can be referred. */
  readonly isSip: boolean;
}

/** Reads a document strictly. @throws RuleBroken with what is wrong with it */
export function parseTwiml(source: string, origin: DocumentOrigin): Verb[] {
  if (Buffer.byteLength(source) > MAX_BYTES) throw new RuleBroken(12100, `the document has over ${MAX_BYTES} bytes`);
  if (origin.base === undefined && source.length > MAX_INLINE_CHARACTERS) {
    throw new RuleBroken(12100, `the inline document has over ${MAX_INLINE_CHARACTERS} characters`);
  }
  const root = parseXml(source);
  if (root.name !== 'Response') throw new RuleBroken(12100, `the root element is <${root.name}>, not <Response>`);
  new Attributes(root).end();
  if (root.text !== '') throw new RuleBroken(12200, 'text in <Response>');
  const verbs = root.children.map((element) => verbOf(element, origin));
  const late = verbs.findIndex(({ kind }) => kind === 'reject');
  if (late > 0) throw new RuleBroken(12200, '<Reject> is not the first verb: the call would be answered and billed');
  return verbs;
}

function verbOf(element: XmlElement, origin: DocumentOrigin): Verb {
  const attributes = new Attributes(element);
  const verb = readVerb(element, attributes, origin);
  attributes.end();
  return verb;
}

function readVerb(element: XmlElement, attributes: Attributes, { base, isSip }: DocumentOrigin): Verb {
  const { name, text, children } = element;
  if (name !== 'Connect' && name !== 'Dial' && children.length > 0)
    throw unknown(`<${name}><${children[0]?.name ?? ''}>`);
  const loop = (): number => attributes.integer('loop', { from: 0, to: 1_000, otherwise: 1 });
  switch (name) {
    case 'Connect': {
      const action = actionOf(attributes, 'action', 'method', base);
      const [noun, ...more] = children;
      if (noun?.name !== 'Stream' || more.length > 0)
        throw unknown(`<Connect> with ${children.map((child) => child.name).join(', ') || 'nothing'}`);
      return { kind: 'connect', action, stream: streamOf(noun, base) };
    }
    case 'Dial':
      return dialOf(element, attributes, base);
    case 'Redirect':
      return { kind: 'redirect', url: urlOf(text, base), method: attributes.oneOf('method', ['POST', 'GET'], 'POST') };
    case 'Reject':
      return { kind: 'reject', reason: attributes.oneOf('reason', ['rejected', 'busy'], 'rejected') };
    case 'Play': {
      const digits = attributes.text('digits');
      if (digits === undefined) return { kind: 'play', url: urlOf(text, base), loop: loop() };
      if (!/^[0-9*#wW]+$/.test(digits)) throw new RuleBroken(12200, '<Play digits> has more than digits, *, # and w');
      return { kind: 'play-digits', digits };
    }
    case 'Say':
      attributes.text('voice');
      attributes.text('language');
      if (text === '') throw new RuleBroken(12200, '<Say> without text');
      return { kind: 'say', text, loop: loop() };
    case 'Pause':
      return { kind: 'pause', seconds: attributes.integer('length', { from: 1, to: 600, otherwise: 1 }) };
    case 'Hangup':
      return { kind: 'hangup' };
    case 'Refer':
      throw new RuleBroken(
        12200,
        isSip ? '<Refer> is not in this stand-in' : '<Refer> on a leg of the telephone network',
      );
    default:
      throw unknown(`<${name}>`);
  }
}

function streamOf(element: XmlElement, base: string | undefined): Stream {
  const attributes = new Attributes(element);
  const url = attributes.required('url');
  const stream: Stream = {
    url,
    name: attributes.text('name'),
    statusCallback: actionOf(attributes, 'statusCallback', 'statusCallbackMethod', base),
    parameters: element.children.map(parameterOf),
  };
  // Of two-way streams only the inbound track is allowed.
  attributes.oneOf('track', ['inbound_track'], 'inbound_track');
  attributes.end();
  return stream;
}

function parameterOf(element: XmlElement): readonly [string, string] {
  if (element.name !== 'Parameter') throw unknown(`<Stream><${element.name}>`);
  const attributes = new Attributes(element);
  const [name, value] = [attributes.required('name'), attributes.text('value') ?? ''];
  attributes.end();
  if (name.length + value.length > MAX_PARAMETER_CHARACTERS) {
    throw new RuleBroken(12200, `<Parameter ${name}> has over ${MAX_PARAMETER_CHARACTERS} characters`);
  }
  return [name, value];
}

function unknown(what: string): RuleBroken {
  return new RuleBroken(12200, `${what} is not known here`);
}
