import type { Request } from 'express';
import type { Clock } from '../time';

/** How often a request was handed on by a task; without it, it comes from outside. */
const HOP_HEADER = 'x-voice-agent-hop';

interface PeersOptions {
  /** Where the load balancer is reached, an origin. */
  readonly publicUrl: string;
  /** How often a request is handed on at most. */
  readonly hops: number;
  /** No further task is asked so long after the request came. */
  readonly askedWithinMs: number;
  readonly answersWithinMs: number;
  readonly clock: Clock;
}

/** A request that came here, as another task is to have it: signatures and all. */
interface PeerRequest {
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: BodyInit;
}

/** The tasks behind the load balancer, for requests of a carrier that came to the wrong one. */
export class Peers {
  readonly #options: PeersOptions;

  constructor(options: PeersOptions) {
    this.#options = options;
  }

  /**
   * Asks one task after the other, as the load balancer has them, until one gives an answer that will do.
   * @param request for the nth one @param judge undefined: another task is asked @returns undefined where none will do
   * @throws what `judge` throws
   */
  async ask<T>(
    cameAtMs: number,
    request: (hop: number) => PeerRequest,
    judge: (answer: PeerAnswer) => T | undefined,
  ): Promise<T | undefined> {
    const { hops, askedWithinMs, clock } = this.#options;
    for (let hop = 1; hop <= hops && clock.nowMs() - cameAtMs <= askedWithinMs; hop += 1) {
      const answer = await this.#send(hop, request(hop));
      const judged = answer === undefined ? undefined : judge(answer);
      if (judged !== undefined) return judged;
    }
    return undefined;
  }

  /** @returns undefined where a task has just gone, or the load balancer found none: there may be others */
  async #send(hop: number, { path, headers, body }: PeerRequest): Promise<PeerAnswer | undefined> {
    const { publicUrl, answersWithinMs } = this.#options;
    try {
      const response = await fetch(publicUrl + path, {
        method: 'POST',
        headers: { ...headers, [HOP_HEADER]: String(hop) },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(answersWithinMs),
      });
      return { ok: response.ok, text: await response.text() };
    } catch {
      return undefined;
    }
  }
}

interface PeerAnswer {
  readonly ok: boolean;
  readonly text: string;
}

/** How often a request was handed on. */
export const hopOf = (req: Request): number => hopsIn(req.get(HOP_HEADER));

/** How often somebody says that a task passed a request on; what is malformed comes from outside, and counts as never. */
export const hopsIn = (hop = ''): number => (/^\d{1,2}$/.test(hop) ? Number(hop) : 0);
