import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http2';
import { TEXTS, type HttpException } from './exceptions';
import type { Frame } from './framing';

/**
 * The service's half of Signature Version 4 for event streams, written from its description with `node:crypto` alone:
 * the request's signature is the seed, and each message's signature covers the one before.
 */
export interface AcceptedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Accepted when no others are set. AWS's own documented example pair, so that no scanner takes it for a real one. */
export const FAKE_CREDENTIALS: AcceptedCredentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

const SERVICE = 'bedrock';
const STREAMING_HASH = 'STREAMING-AWS4-HMAC-SHA256-EVENTS';
/** How far a client's clock may be off. */
const MAX_SKEW_MS = 5 * 60_000;

export type RequestCheck =
  { readonly ok: true; readonly chain: ChunkChain } | { readonly ok: false; readonly exception: HttpException };

const sha256Hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Uint8Array, data: string): Buffer => createHmac('sha256', key).update(data).digest();

function signingKey(secret: string, date: string, region: string): Buffer {
  return hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), SERVICE), 'aws4_request');
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** `20260131T235959Z` from milliseconds since 1970. */
function longDate(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

function parseLongDate(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`);
}

function refuse(type: string, message: string, status = 403): RequestCheck {
  return { ok: false, exception: { type, message, status } };
}

/** Checks a request's signature as the service does, in its order, with its texts. */
export function verifyRequest(input: {
  readonly method: string;
  /** As on the wire: once percent-encoded. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly credentials: AcceptedCredentials;
  readonly region: string;
  readonly epochMs: number;
  /** Of the body, in hexadecimal digits; left out: the body is a stream of signed events. */
  readonly payloadHash?: string;
}): RequestCheck {
  const { headers, credentials, region } = input;
  const authorization = headers.authorization;
  if (authorization === undefined) return refuse('MissingAuthenticationTokenException', TEXTS.missingToken);
  if (/^bearer /i.test(authorization)) {
    return refuse('AccessDeniedException', 'Bedrock API keys cannot be used with InvokeModelWithBidirectionalStream');
  }
  const parsed = /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
    authorization,
  );
  const [accessKeyId, date, scopeRegion, scopeService, terminator] = parsed?.[1]?.split('/') ?? [];
  const signedHeaders = parsed?.[2]?.split(';') ?? [];
  const signature = parsed?.[3];
  if (signature === undefined || terminator !== 'aws4_request') {
    return refuse('IncompleteSignatureException', 'Authorization header is not a complete AWS Signature Version 4');
  }
  const payloadHash = input.payloadHash ?? STREAMING_HASH;
  if (headers['x-amz-content-sha256'] !== payloadHash) {
    return refuse('InvalidSignatureException', `x-amz-content-sha256 must be ${payloadHash}`);
  }
  if (accessKeyId !== credentials.accessKeyId || headers['x-amz-security-token'] !== credentials.sessionToken) {
    return refuse('UnrecognizedClientException', TEXTS.unknownKey);
  }
  if (scopeRegion !== region) {
    return refuse(
      'InvalidSignatureException',
      `Credential should be scoped to a valid region, not '${scopeRegion ?? ''}'. `,
    );
  }
  if (scopeService !== SERVICE) {
    return refuse('InvalidSignatureException', `Credential should be scoped to correct service: '${SERVICE}'. `);
  }
  const amzDate = String(headers['x-amz-date']);
  const signedAtMs = parseLongDate(amzDate);
  if (signedAtMs === undefined || !amzDate.startsWith(String(date))) {
    return refuse(
      'InvalidSignatureException',
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP',
    );
  }
  const skew = describeSkew(amzDate, signedAtMs, input.epochMs);
  if (skew !== undefined) return refuse('InvalidSignatureException', skew);
  // Over HTTP/2 the SDK signs the pseudo-header instead of the host header.
  const host = signedHeaders.includes(':authority') ? ':authority' : 'host';
  for (const required of [host, 'x-amz-date', 'x-amz-content-sha256']) {
    if (!signedHeaders.includes(required))
      return refuse('InvalidSignatureException', `'${required}' must be a 'SignedHeader' in the AWS Authorization.`);
  }
  const scope = `${date ?? ''}/${region}/${SERVICE}/aws4_request`;
  const toSign = [
    'AWS4-HMAC-SHA256',
    amzDate,
    scope,
    sha256Hex(canonicalRequest(input.method, input.path, headers, signedHeaders)),
  ].join('\n');
  const expected = hmac(signingKey(credentials.secretAccessKey, date ?? '', region), toSign).toString('hex');
  if (!sameText(expected, signature)) return refuse('InvalidSignatureException', TEXTS.invalidSignature);
  return { ok: true, chain: new ChunkChain(signature, credentials.secretAccessKey, region) };
}

function describeSkew(amzDate: string, signedAtMs: number, nowMs: number): string | undefined {
  if (signedAtMs < nowMs - MAX_SKEW_MS) {
    return `Signature expired: ${amzDate} is now earlier than ${longDate(nowMs - MAX_SKEW_MS)} (${longDate(nowMs)} - 5 min.)`;
  }
  if (signedAtMs > nowMs + MAX_SKEW_MS) {
    return `Signature not yet current: ${amzDate} is still later than ${longDate(nowMs + MAX_SKEW_MS)} (${longDate(nowMs)} + 5 min.)`;
  }
  return undefined;
}

/** RFC 3986 encoding of what a path segment holds, on top of the wire's own: SigV4 encodes twice. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function canonicalRequest(
  method: string,
  target: string,
  headers: IncomingHttpHeaders,
  signedHeaders: readonly string[],
): string {
  const [path = '/', query = ''] = target.split('?');
  const valueOf = (name: string): string => {
    const value = name === 'host' ? (headers.host ?? headers[':authority']) : headers[name];
    return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().replaceAll(/\s+/g, ' ');
  };
  return [
    method,
    path.split('/').map(encodeSegment).join('/'),
    query.split('&').sort().join('&'),
    ...signedHeaders.map((name) => `${name}:${valueOf(name)}`),
    '',
    signedHeaders.join(';'),
    String(headers['x-amz-content-sha256']),
  ].join('\n');
}

/** Why a message's signature was not accepted. */
export type ChunkProblem = 'unsigned' | 'skewed' | 'wrong-signature';

/** The chain of message signatures of one stream; each call moves it on. */
export class ChunkChain {
  #previous: string;
  readonly #secret: string;
  readonly #region: string;
  #key: { readonly date: string; readonly key: Buffer } | undefined;

  constructor(seed: string, secret: string, region: string) {
    this.#previous = seed;
    this.#secret = secret;
    this.#region = region;
  }

  /** Checks the next message. @returns nothing when it is right. */
  verify(frame: Frame, epochMs: number): ChunkProblem | undefined {
    const date = frame.headers.get(':date');
    const signature = frame.headers.get(':chunk-signature')?.value;
    if (!(date?.value instanceof Date) || !Buffer.isBuffer(signature)) return 'unsigned';
    const signedAtMs = date.value.getTime();
    if (Math.abs(signedAtMs - epochMs) > MAX_SKEW_MS) return 'skewed';
    const stamp = longDate(signedAtMs);
    const day = stamp.slice(0, 8);
    if (this.#key?.date !== day) this.#key = { date: day, key: signingKey(this.#secret, day, this.#region) };
    const scope = `${day}/${this.#region}/${SERVICE}/aws4_request`;
    const toSign = `AWS4-HMAC-SHA256-PAYLOAD\n${stamp}\n${scope}\n${this.#previous}\n${sha256Hex(date.raw)}\n${sha256Hex(frame.body)}`;
    const expected = hmac(this.#key.key, toSign);
    if (expected.length !== signature.length || !timingSafeEqual(expected, signature)) return 'wrong-signature';
    this.#previous = expected.toString('hex');
    return undefined;
  }
}
