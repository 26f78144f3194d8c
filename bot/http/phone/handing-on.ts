import type { Request, Response } from 'express';
import { DAILY_SIGNATURE_HEADER, DAILY_TIMESTAMP_HEADER } from '../../../contract/http';
import { BotError } from '../../errors';
import type { HttpDependencies } from '../dependencies';
import { whyElsewhere } from '../redirect-to-peer';
import { requestIdOf } from '../request-context';
import { DailyPeers, hopOf } from './daily-peers';
import { isNoRoom } from './no-room';

/** Has a call taken here, or by another task, while its caller is on hold. @throws BotError why no task takes it */
type HandOn = (
  req: Request,
  res: Response,
  callSid: string,
  takeHere: (rangAtMs: number) => Promise<void>,
) => Promise<void>;

/**
 * A task that had better not take a call offers it to the others, as `redirectToPeer` does by sending starts back: after
 * the last one a task that only stands down takes it.
 * @param publicUrl where the load balancer is; undefined: there are no other tasks
 */
export function handingOn(deps: HttpDependencies, publicUrl: string | undefined): HandOn {
  const { config, clock, telemetry } = deps;
  const { startHops } = config.access;
  const peers = publicUrl === undefined ? undefined : new DailyPeers({ publicUrl, hops: startHops, clock });

  return async (req, res, callSid, takeHere) => {
    const { hop, heldMs } = hopOf(req.originalUrl);
    const rangAtMs = clock.nowMs() - heldMs;
    const not = hop >= startHops ? undefined : whyElsewhere(deps);
    if (not !== undefined && hop > 0) throw new BotError('at_capacity', not.detail);
    let attempts = 1;
    if (not !== undefined && peers !== undefined) {
      const onOffered = (nth: number): void => {
        attempts += 1;
        telemetry.record('callSentOn', { requestId: requestIdOf(res), why: not.reason, hop: nth });
      };
      if (await peers.take(signedRequest(req, rangAtMs), onOffered)) return;
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

const signedRequest = (req: Request, rangAtMs: number) => ({
  body: bodyOf(req),
  signature: req.get(DAILY_SIGNATURE_HEADER) ?? '',
  timestamp: req.get(DAILY_TIMESTAMP_HEADER) ?? '',
  rangAtMs,
});

/** As it came: what is signed is bytes. */
export function bodyOf(req: Request): Buffer {
  const body: unknown = req.body;
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
