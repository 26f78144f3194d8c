import type { Request, Response } from 'express';
import { z } from 'zod';
import { DAILY_DIAL_IN_PATH, DAILY_SIGNATURE_HEADER, DAILY_TIMESTAMP_HEADER } from '../../../contract/http';
import { BotError, ERROR_CATALOGUE, type ErrorCode } from '../../errors';
import type { HttpDependencies } from '../dependencies';
import { hopOf, Peers } from '../peers';
import { whyElsewhere } from '../redirect-to-peer';
import { requestIdOf } from '../request-context';
import { isNoRoom } from './no-room';

/** Later no further task is asked: its room takes seconds as well, and a caller is to be on hold for 6 s at most. */
const ASKED_WITHIN_MS = 4_000;
/** A room takes seconds; who was held for longer is given up anyway. */
const ANSWERS_WITHIN_MS = 15_000;
/** How long a caller was on hold before another task was asked. */
const HELD_HEADER = 'x-voice-agent-held-ms';

const problem = z.object({ code: z.enum(Object.keys(ERROR_CATALOGUE) as [ErrorCode, ...ErrorCode[]]) });

/** Has a call taken here, or by another task, while its caller is on hold. @throws BotError why no task takes it */
type HandOn = (
  req: Request,
  res: Response,
  callSid: string,
  takeHere: (rangAtMs: number) => Promise<void>,
) => Promise<void>;

/**
 * A task that had better not take a call of Daily's offers it to the others, as `redirectToPeer` does by sending starts
 * back: after the last one a task that only stands down takes it.
 * @param publicUrl where the load balancer is; undefined: there are no other tasks
 */
export function handingOn(deps: HttpDependencies, publicUrl: string | undefined): HandOn {
  const { config, clock, telemetry } = deps;
  const { startHops: hops } = config.access;
  const limits = { askedWithinMs: ASKED_WITHIN_MS, answersWithinMs: ANSWERS_WITHIN_MS };
  const peers = publicUrl === undefined ? undefined : new Peers({ publicUrl, hops, ...limits, clock });

  return async (req, res, callSid, takeHere) => {
    const hop = hopOf(req);
    const rangAtMs = clock.nowMs() - heldMsOf(req);
    const not = hop >= hops ? undefined : whyElsewhere(deps);
    if (not !== undefined && hop > 0) throw new BotError('at_capacity', not.detail);
    let attempts = 1;
    if (not !== undefined && peers !== undefined) {
      const onwards = (nth: number) => {
        attempts += 1;
        telemetry.record('callSentOn', { requestId: requestIdOf(res), why: not.reason, hop: nth });
        return asItCame(req, clock.nowMs() - rangAtMs);
      };
      if ((await peers.ask(rangAtMs, onwards, isTaken)) === true) return;
    }
    try {
      await takeHere(rangAtMs);
    } catch (error) {
      const isLost = hop === 0 && error instanceof BotError && isNoRoom(error.code);
      if (isLost) telemetry.record('phoneStreamLost', { why: 'no-room', attempts, callSid });
      throw error;
    }
  };
}

const asItCame = (req: Request, heldMs: number) => ({
  path: DAILY_DIAL_IN_PATH,
  headers: {
    [DAILY_SIGNATURE_HEADER]: req.get(DAILY_SIGNATURE_HEADER) ?? '',
    [DAILY_TIMESTAMP_HEADER]: req.get(DAILY_TIMESTAMP_HEADER) ?? '',
    [HELD_HEADER]: String(Math.round(heldMs)),
  },
  body: new Uint8Array(bodyOf(req)),
});

/** @returns undefined where the task has no room @throws BotError why a task that has room refuses the call */
function isTaken({ ok, text }: { readonly ok: boolean; readonly text: string }): true | undefined {
  if (ok) return true;
  const { data } = problem.safeParse(jsonOf(text));
  if (data === undefined || isNoRoom(data.code)) return undefined;
  throw new BotError(data.code, 'Another task, which had room, refused this call.');
}

function heldMsOf(req: Request): number {
  const held = req.get(HELD_HEADER) ?? '';
  return /^\d{1,5}$/.test(held) ? Number(held) : 0;
}

/** As it came: what is signed is bytes. */
export function bodyOf(req: Request): Buffer {
  const body: unknown = req.body;
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

/** Undefined for what is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
