import { isSendableKey } from '../contract/keys';
import { StartRefused, StartTimeout, Unreachable, UnsendableKey } from './problems';
import { fieldOf, textOf } from './server-messages';

/** Where a call takes place: what `/start` gave. */
export type Place = {
  /** Of the agent, as a BCP 47 tag; undefined where the bot does not say. */ readonly language: string | undefined;
} &
  /** A peer connection straight to the bot, whose offer goes to `offerUrl`. */
  (
    | { readonly kind: 'webrtc'; readonly offerUrl: string; readonly iceServers: readonly RTCIceServer[] }
    /** A room at Daily. `bundleUrl`: the folder of the call machine where it is not Daily's own. */
    | { readonly kind: 'daily'; readonly url: string; readonly token: string; readonly bundleUrl: string | undefined }
  );

export interface PlaceRequest {
  /** Base URL of the bot's routes. */
  readonly baseUrl: string;
  readonly key: string | undefined;
  readonly signal: AbortSignal;
}

/** How long to wait for /start. With Daily it makes a room first, which may take 6 s at most. */
const START_LIMIT_MS = 15_000;

/**
 * Asks the bot for a call.
 * @throws UnsendableKey, StartRefused, Unreachable or StartTimeout; or the reason `signal` was aborted for
 */
export async function askForPlace({ baseUrl, key, signal }: PlaceRequest): Promise<Place> {
  if (key !== undefined && !isSendableKey(key)) throw new UnsendableKey();
  const request = new AbortController();
  const limit = setTimeout(() => request.abort(new StartTimeout('agent')), START_LIMIT_MS);
  const cancel = (): void => request.abort(signal.reason);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const response = await fetch(new URL('start', baseUrl), {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
      },
      body: '{}',
      signal: request.signal,
    });
    const body: unknown = await response.json().catch(() => undefined);
    request.signal.throwIfAborted();
    if (!response.ok) throw refusal(response, body);
    return placeIn(body, baseUrl);
  } catch (error) {
    request.signal.throwIfAborted();
    throw error instanceof StartRefused ? error : new Unreachable(error);
  } finally {
    clearTimeout(limit);
    signal.removeEventListener('abort', cancel);
  }
}

/** @throws StartRefused when it is none */
function placeIn(body: unknown, baseUrl: string): Place {
  const url = textOf(body, 'dailyRoom');
  const token = textOf(body, 'dailyToken');
  const language = textOf(body, 'language');
  if (url !== undefined && token !== undefined) {
    return { kind: 'daily', language, url, token, bundleUrl: textOf(body, 'dailyBundleUrl') };
  }
  const sessionId = textOf(body, 'sessionId');
  if (sessionId === undefined) throw new StartRefused({ status: 502 });
  const offerUrl = new URL(`sessions/${encodeURIComponent(sessionId)}/api/offer`, baseUrl).href;
  const iceServers = fieldOf(fieldOf(body, 'iceConfig'), 'iceServers');
  return {
    kind: 'webrtc',
    language,
    offerUrl,
    iceServers: Array.isArray(iceServers) ? (iceServers as RTCIceServer[]) : [],
  };
}

/** The bot's errors are RFC 9457 problems; a proxy in front of it may answer with anything. */
function refusal(response: Response, body: unknown): StartRefused {
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return new StartRefused({
    status: response.status,
    code: textOf(body, 'code'),
    detail: textOf(body, 'detail'),
    retryAfterSeconds: Number.isFinite(seconds) && seconds > 0 ? seconds : undefined,
  });
}
