import { WebSocket } from 'ws';
import { RuleBroken } from '../errors';
import { signatureHeaders } from '../signatures';
import type { SignatureForm } from '../types';
import type { Landing } from '../web/landing';

/** What came of asking for a WebSocket. `status` is 0 where no answer came. */
export type Upgraded =
  | { readonly kind: 'open'; readonly socket: WebSocket; readonly landedOn: string }
  | { readonly kind: 'refused'; readonly status: number; readonly landedOn: string };

export interface UpgradeRequest {
  /** As the TwiML has it. */
  readonly url: string;
  readonly tokens: readonly [string, ...string[]];
  readonly form: SignatureForm;
  readonly headers: Readonly<Record<string, string>>;
  readonly landing: Landing;
}

const HANDSHAKE_WITHIN_MS = 5_000;

/** Opens the WebSocket of a stream, signed. @throws RuleBroken 31922 or 31920 for a URL that Twilio does not take */
export async function upgrade({ url, tokens, form, headers, landing }: UpgradeRequest): Promise<Upgraded> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (
    parsed === undefined ||
    !(parsed.protocol === 'wss:' || (parsed.protocol === 'ws:' && landing.isLoopback(parsed)))
  ) {
    throw new RuleBroken(31922, 'the URL of the stream is not wss:');
  }
  if (parsed.search !== '')
    throw new RuleBroken(31920, 'the URL of the stream has a query, which gets lost on the way');
  const origin = landing.of(parsed, 'upgrade');
  if (origin === undefined) return { kind: 'refused', status: 0, landedOn: '' };
  return open(`${origin.replace(/^http/, 'ws')}${parsed.pathname}`, origin, {
    Host: parsed.host,
    'User-Agent': 'Twilio.TmeWs/1.0',
    'X-Forwarded-Proto': parsed.protocol === 'wss:' ? 'https' : 'http',
    'X-Forwarded-For': '203.0.113.8',
    ...signatureHeaders(tokens, url, {}, form),
    ...headers,
  });
}

function open(address: string, landedOn: string, headers: Record<string, string>): Promise<Upgraded> {
  return new Promise((resolve) => {
    const socket = new WebSocket(address, {
      headers,
      perMessageDeflate: false,
      followRedirects: false,
      handshakeTimeout: HANDSHAKE_WITHIN_MS,
    });
    socket.once('open', () => {
      // Whoever takes the socket resumes it once they listen.
      socket.pause();
      resolve({ kind: 'open', socket, landedOn });
    });
    socket.once('unexpected-response', (request, response) => {
      resolve({ kind: 'refused', status: response.statusCode ?? 0, landedOn });
      response.resume();
      request.destroy();
    });
    socket.on('error', () => resolve({ kind: 'refused', status: 0, landedOn }));
  });
}
