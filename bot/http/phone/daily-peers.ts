import { z } from 'zod';
import { DAILY_DIAL_IN_PATH, DAILY_SIGNATURE_HEADER, DAILY_TIMESTAMP_HEADER } from '../../../contract/http';
import { BotError, ERROR_CATALOGUE, type ErrorCode } from '../../errors';
import type { Clock } from '../../time';
import { queryOf } from '../request-target';
import { isNoRoom } from './no-room';

/** Later no further task is asked: its room takes seconds as well, and a caller is to be on hold for 6 s at most. */
const ASKED_WITHIN_MS = 4_000;
/** A room takes seconds; who was held for longer is given up anyway. */
const ANSWERS_WITHIN_MS = 15_000;

const problem = z.object({ code: z.enum(Object.keys(ERROR_CATALOGUE) as [ErrorCode, ...ErrorCode[]]) });

/** A request of Daily's as it came: what is signed is bytes. */
interface SignedRequest {
  readonly body: Buffer;
  readonly signature: string;
  readonly timestamp: string;
  /** By the process's clock. */
  readonly rangAtMs: number;
}

/** How far a request has come between tasks. */
interface Hop {
  /** How often it was handed on; 0: it comes from Daily. */
  readonly hop: number;
  /** How long its caller was on hold before it came here. */
  readonly heldMs: number;
}

interface DailyPeersOptions {
  /** Where the load balancer is reached, an origin. */
  readonly publicUrl: string;
  /** How often a call is offered at most. */
  readonly hops: number;
  readonly clock: Clock;
}

/** The tasks behind the load balancer, as telephone calls that Daily holds are offered to them. */
export class DailyPeers {
  readonly #options: DailyPeersOptions;

  constructor(options: DailyPeersOptions) {
    this.#options = options;
  }

  /**
   * Offers a call to one task after the other, as the load balancer has them.
   * @returns whether one has taken it; false: none had room @throws BotError why a task that had room refused it
   */
  async take(request: SignedRequest, onOffered: (hop: number) => void): Promise<boolean> {
    const { hops, clock } = this.#options;
    for (let hop = 1; hop <= hops; hop += 1) {
      const heldMs = Math.round(clock.nowMs() - request.rangAtMs);
      if (heldMs > ASKED_WITHIN_MS) break;
      onOffered(hop);
      const refusal = await this.#offer(request, { hop, heldMs });
      if (refusal === undefined) return true;
      if (!isNoRoom(refusal)) throw new BotError(refusal, 'Another task, which had room, refused this call.');
    }
    return false;
  }

  /** @returns why the task refuses; undefined where it has taken the call */
  async #offer({ body, signature, timestamp }: SignedRequest, { hop, heldMs }: Hop): Promise<ErrorCode | undefined> {
    try {
      const response = await fetch(`${this.#options.publicUrl}${DAILY_DIAL_IN_PATH}?hop=${hop}&heldMs=${heldMs}`, {
        method: 'POST',
        headers: { [DAILY_SIGNATURE_HEADER]: signature, [DAILY_TIMESTAMP_HEADER]: timestamp },
        body: new Uint8Array(body),
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
      });
      const answer: unknown = await response.json();
      return response.ok ? undefined : problem.parse(answer).code;
    } catch {
      return 'at_capacity'; // It has just gone, or the load balancer found none: there may be others.
    }
  }
}

/** How far a request has come; what is malformed comes from Daily. */
export function hopOf(target: string): Hop {
  const query = queryOf(target);
  const numberOf = (name: string): number => {
    const text = query.get(name) ?? '';
    return /^\d{1,5}$/.test(text) ? Number(text) : 0;
  };
  return { hop: numberOf('hop'), heldMs: numberOf('heldMs') };
}
