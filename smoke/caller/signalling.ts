/** A reply of the bot's HTTP side that is not a success. */
export class RefusedError extends Error {
  readonly status: number;
  readonly body: string;

  constructor(what: string, status: number, body: string) {
    super(`${what} was refused with status ${status}: ${body.slice(0, 300)}`);
    this.name = 'RefusedError';
    this.status = status;
    this.body = body;
  }
}

export interface SignallingOptions {
  /** Where the bot listens, such as `http://127.0.0.1:7860`. */
  readonly baseUrl: string;
  /** Contains `/start` once; the offer goes where Pipecat's client would send it. Default `/start`. */
  readonly startPath?: string;
  /** Sent as `Authorization: Bearer`. */
  readonly apiKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body of the start request. Default `{}`. */
  readonly startBody?: unknown;
}

interface Answer {
  readonly sdp: string;
  readonly pcId: string;
}

export interface Candidate {
  readonly candidate: string;
  readonly mid: string;
}

/** The HTTP side of a call, as small-webrtc-transport 1.10.8 does it. */
export class Signalling {
  readonly #headers: Record<string, string>;
  readonly #offerUrl: string;
  readonly sessionId: string;
  #pcId: string | null = null;

  private constructor(headers: Record<string, string>, offerUrl: string, sessionId: string) {
    this.#headers = headers;
    this.#offerUrl = offerUrl;
    this.sessionId = sessionId;
  }

  /** Asks for a session. @throws RefusedError */
  static async start(options: SignallingOptions): Promise<Signalling> {
    const startPath = options.startPath ?? '/start';
    const headers = {
      'content-type': 'application/json',
      ...(options.apiKey === undefined ? {} : { authorization: `Bearer ${options.apiKey}` }),
      ...options.headers,
    };
    const startUrl = new URL(startPath, options.baseUrl).href;
    const reply = record(await request('the start', 'POST', startUrl, headers, options.startBody ?? {}));
    const sessionId = reply['sessionId'];
    if (typeof sessionId !== 'string') throw new Error('the reply to the start names no session');
    const offerUrl = startUrl.replace('/start', `/sessions/${encodeURIComponent(sessionId)}/api/offer`);
    return new Signalling(headers, offerUrl, sessionId);
  }

  get pcId(): string | null {
    return this.#pcId;
  }

  /** Posts an offer; a later one renegotiates, or with `restartPc` replaces the connection. @throws RefusedError */
  async offer(sdp: string, restartPc: boolean): Promise<Answer> {
    const body = { sdp, type: 'offer', pc_id: this.#pcId, restart_pc: restartPc };
    const answer = record(await request('the offer', 'POST', this.#offerUrl, this.#headers, body));
    const { sdp: answerSdp, pc_id: pcId } = answer;
    if (typeof answerSdp !== 'string' || typeof pcId !== 'string') throw new Error('the answer is not as documented');
    this.#pcId = pcId;
    return { sdp: answerSdp, pcId };
  }

  /** Trickles candidates, after the answer. @throws RefusedError */
  async trickle(candidates: readonly Candidate[]): Promise<void> {
    const listed = candidates.map(({ candidate, mid }) => ({ candidate, sdp_mid: mid, sdp_mline_index: 0 }));
    const body = { pc_id: this.#pcId, candidates: listed };
    await request('the candidates', 'PATCH', this.#offerUrl, this.#headers, body);
  }
}

async function request(
  what: string,
  method: string,
  url: string,
  headers: Record<string, string>,
  body: unknown,
): Promise<unknown> {
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new RefusedError(what, response.status, text);
  return JSON.parse(text);
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
