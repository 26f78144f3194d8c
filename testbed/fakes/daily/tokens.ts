import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a meeting token says, in the words of the REST API. Times are unix seconds. */
export interface TokenProperties {
  readonly room_name: string;
  readonly exp?: number;
  readonly nbf?: number;
  readonly is_owner?: boolean;
  readonly user_name?: string;
  readonly user_id?: string;
  readonly start_audio_off?: boolean;
  readonly start_video_off?: boolean;
  readonly eject_at_token_exp?: boolean;
}

/** A JSON Web Token signed with HS256, as Daily's are. */
export function signToken(properties: TokenProperties, key: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(properties)}`;
  return `${body}.${signatureOf(body, key)}`;
}

/** Undefined for what this key did not sign. */
export function readToken(token: string, key: string): TokenProperties | undefined {
  const [head, payload, signature] = token.split('.');
  if (head === undefined || payload === undefined || signature === undefined) return undefined;
  const expected = Buffer.from(signatureOf(`${head}.${payload}`, key));
  const shown = Buffer.from(signature);
  if (expected.length !== shown.length || !timingSafeEqual(expected, shown)) return undefined;
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as TokenProperties;
}

function signatureOf(body: string, key: string): string {
  return createHmac('sha256', key).update(body).digest('base64url');
}
