import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { z } from 'zod';
import { DAILY_DIAL_IN_PATH, DAILY_SIGNATURE_HEADER, DAILY_TIMESTAMP_HEADER } from '../../../contract/http';
import { BotError } from '../../errors';
import type { DialInDesk } from '../../phone';
import { RateLimit } from '../../time';
import { whyNotDaily } from '../../transport/daily';
import type { HttpDependencies } from '../dependencies';
import { checkBody } from '../json-body';
import { sendProblem } from '../problem';
import { limitFailures } from '../rate-limit';
import type { Routes } from '../route';
import { bodyOf, handingOn, jsonOf } from './handing-on';
import { statusOfRefusal } from './no-room';

/** Some short fields, and a SIP caller's headers. */
const MAX_BODY_BYTES = 16 * 1024;
const UNSIGNED_PER_MINUTE = 60;
/** Of a flood so many lines are enough. */
const TOLD = { burst: 20, perSecond: 0.5 };

const name = z.string().regex(/^[\w.-]{1,128}$/, 'is no name of a call or domain');
const number = z.string().max(256).default('');
const ring = z.object({ callId: name, callDomain: name, From: number, To: number });
/** What Daily asks when this address is configured. Nothing follows from it. */
const trial = z.object({ Test: z.literal('test') });

/** Where Daily tells of a telephone call that it holds. Source: docs.daily.co, pinless dial-in (`room_creation_api`). */
export function dailyDialInRoutes(deps: HttpDependencies, dialIn: DialInDesk): Routes {
  const { telemetry, clock } = deps;
  const handOn = handingOn(deps, dialIn.config.publicUrl);
  const told = new RateLimit({ clock, ...TOLD });
  /** @throws BotError `signature_invalid` */
  const requireDaily: RequestHandler = (req, _res, next) => {
    const body = bodyOf(req);
    const proof = { signature: req.get(DAILY_SIGNATURE_HEADER), timestamp: req.get(DAILY_TIMESTAMP_HEADER) };
    const why = isTrial(body) ? undefined : whyNotDaily(proof, body, dialIn.config.key, clock.epochMs());
    if (why === undefined) {
      next();
      return;
    }
    telemetry.record('phoneSignatureRefused', { step: 'webhook', why }, told.take() ? 'warn' : 'debug');
    throw new BotError('signature_invalid', 'This request is not signed by Daily.');
  };
  return {
    [DAILY_DIAL_IN_PATH]: {
      POST: [
        express.raw({ limit: MAX_BODY_BYTES, inflate: false, type: () => true }),
        limitFailures(requireDaily, UNSIGNED_PER_MINUTE),
        async (req, res) => {
          const body = bodyOf(req);
          if (!isTrial(body)) {
            const { From: from, To: to, ...call } = checkBody(ring, jsonOf(body.toString('utf8')));
            await handOn(req, res, call.callId, (rangAtMs) => dialIn.ring({ ...call, from, to, rangAtMs }));
          }
          res.json({});
        },
      ],
      onError: { POST: [answerRefusal] },
    },
  };
}

const answerRefusal: ErrorRequestHandler = (thrown: unknown, _req, res, next) => {
  const status = thrown instanceof BotError ? statusOfRefusal(thrown) : undefined;
  if (thrown instanceof BotError && status !== thrown.status) sendProblem(res, thrown, status);
  else next(thrown);
};

function isTrial(body: Buffer): boolean {
  return trial.safeParse(jsonOf(body.toString('utf8'))).success;
}
