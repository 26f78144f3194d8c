import { AsyncLocalStorage } from 'node:async_hooks';
import { z } from 'zod';

export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** A tool's answer, and anything else a server says: protocol and SDK know no limit. */
const MAX_ANSWER_BYTES = 65_536;
const MAX_LIST_BYTES = 2_000_000;

/** What is found out about a request on its way. */
export interface RequestFate {
  /** The server does not know the session any more, or the revision of the protocol, and has not looked at the request. */
  isSessionGone: boolean;
  isTooLong: boolean;
  /** The answer is longer than is read. */
  onTooLong(): void;
}

const Sent = z.object({ method: z.string() });

/** The requests of one server: says what became of the session, and reads no more than is of use. */
export class ServerFetch {
  readonly #send: Fetch;
  readonly #fates = new AsyncLocalStorage<RequestFate>();

  constructor(send: Fetch) {
    this.#send = send;
  }

  /** Runs `request`; what it fetches reports to `fate`. */
  watched<T>(fate: RequestFate, request: () => Promise<T>): Promise<T> {
    return this.#fates.run(fate, request);
  }

  readonly fetch: Fetch = async (url, init = {}) => {
    const fate = this.#fates.getStore();
    const response = await this.#send(url, init);
    const headers = new Headers(init.headers);
    // Since 2026-07-28 there is no session: a server that does not know the request any more speaks another revision.
    const mayBeGone = headers.has('mcp-session-id') || headers.has('mcp-method');
    if (fate !== undefined && mayBeGone && (await isSessionGone(response))) fate.isSessionGone = true;
    const method = methodOf(init.body);
    // A stream that stays open for notifications is long over time.
    if (response.body === null || method === undefined || method === 'subscriptions/listen') return response;
    const most = method === 'tools/list' ? MAX_LIST_BYTES : MAX_ANSWER_BYTES;
    return capped(response, most, () => {
      if (fate === undefined) return;
      fate.isTooLong = true;
      fate.onTooLong();
    });
  };
}

/** The protocol says 404; servers were seen to say 410, and 400 with a word about it, as for a revision that they do not speak. */
async function isSessionGone(response: Response): Promise<boolean> {
  const { status } = response;
  if (status === 404 || status === 410) return true;
  if (status !== 400) return false;
  return /session|unsupported protocol version/i.test((await response.clone().text()).slice(0, 2_000));
}

function methodOf(body: RequestInit['body']): string | undefined {
  if (typeof body !== 'string') return undefined;
  try {
    return Sent.safeParse(JSON.parse(body)).data?.method;
  } catch {
    return undefined;
  }
}

function capped(response: Response, maxBytes: number, onTooLong: () => void): Response {
  let bytes = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes <= maxBytes) {
        controller.enqueue(chunk);
        return;
      }
      onTooLong();
      controller.error(new Error('the answer is too long'));
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body?.pipeThrough(counter) ?? null, { status, statusText, headers });
}
