import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { z } from 'zod';
import { BotError, type ErrorCode } from '../errors';
import type { IceCandidate, SdpOffer } from '../transport/webrtc';
import { transportFault } from './availability';
import { callerOf } from './caller';
import type { HttpDependencies } from './dependencies';
import { checkBody, readJson } from './json-body';
import { sendProblem } from './problem';
import type { Routes } from './route';
import { recordRefusals, type StartGuards } from './start';

/** A browser's offer with many candidates is 20 KB; one for a room of cameras stays below this. */
const MAX_BODY_BYTES = 256 * 1024;
const MAX_CANDIDATES = 100;
const IN_ROOMS = 'Calls are taken in rooms here; there';
/** What session and connection ids are made of; nothing else is looked up. */
const WELL_FORMED_ID = /^[A-Za-z0-9_#-]{1,128}$/;

/** As small-webrtc-transport 1.10.8 sends it. `request_data` and `requestData` are both in use; we need neither. */
const offerBody = z.object({
  sdp: z.string().min(1),
  type: z.literal('offer'),
  pc_id: z.string().regex(WELL_FORMED_ID).nullish(),
  restart_pc: z.boolean().nullish(),
});

const candidatesBody = z.object({
  // 1.10.6 may send null before it has its answer: a connection we do not know, not a malformed request.
  pc_id: z.string().max(128).nullable(),
  candidates: z
    .array(
      z.object({
        candidate: z.string().max(2048),
        sdp_mid: z.string().max(64).nullish(),
        sdp_mline_index: z.int().min(0).max(255).nullish(),
      }),
    )
    .max(MAX_CANDIDATES),
});

/**
 * WebRTC signalling, with a session named by the address (`/sessions/ID/api/offer`) or without one (`/api/offer`).
 * A session's id is a secret of its caller and opens its own address; without one the guards of /start apply.
 */
export function offerRoutes(deps: HttpDependencies, guards: StartGuards): Routes {
  const { config, signalling, telemetry } = deps;
  const take: RequestHandler = async (req, res) => {
    const fault = transportFault(config);
    if (fault !== undefined) throw new BotError('transport_unavailable', fault);
    const offer = toOffer(checkBody(offerBody, req.body));
    const sessionId = sessionOf(req);
    if (signalling === undefined) throw new BotError('session_unknown', `${IN_ROOMS} is nothing to offer.`);
    res.json(await signalling.offer(sessionId, offer, callerOf(req, config)));
  };
  const trickle: RequestHandler = (req, res) => {
    const { pc_id: pcId, candidates } = checkBody(candidatesBody, req.body);
    if (pcId === null || !WELL_FORMED_ID.test(pcId)) throw new BotError('peer_unknown', 'There is no such connection.');
    const sessionId = sessionOf(req);
    if (signalling === undefined) throw new BotError('peer_unknown', `${IN_ROOMS} is no such peer connection.`);
    signalling.addCandidates(sessionId, pcId, candidates.map(toCandidate));
    res.json({ status: 'success' });
  };
  const body = readJson(MAX_BODY_BYTES);
  return {
    '/api/offer': {
      POST: [guards.limit, guards.key, ...body, take],
      PATCH: [guards.key, ...body, trickle],
      onError: { POST: [recordRefusals(telemetry), refuseForGood] },
    },
    '/sessions/:id/api/offer': {
      POST: [...body, take],
      PATCH: [...body, trickle],
      onError: { POST: [refuseForGood] },
    },
  };
}

const NOT_WORTH_TRYING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'at_capacity',
  'draining',
  'model_down',
  'day_quota_reached',
]);

/**
 * The Pipecat client sends an offer four times within 8 s when it is refused with a 5xx, and at once gives up on a
 * 4xx. When all slots are taken, retries would only cost the caller 8 s, so it is a 429 here.
 */
const refuseForGood: ErrorRequestHandler = (thrown: unknown, _req, res, next) => {
  if (thrown instanceof BotError && NOT_WORTH_TRYING.has(thrown.code)) sendProblem(res, thrown, 429);
  else next(thrown);
};

/** The session the address names, if it names one. @throws BotError `session_unknown` for what cannot be an id */
function sessionOf(req: Request): string | undefined {
  const id = req.params['id'];
  if (id === undefined) return undefined;
  if (typeof id !== 'string' || !WELL_FORMED_ID.test(id)) {
    throw new BotError('session_unknown', 'There is no such session.');
  }
  return id;
}

function toOffer(wire: z.infer<typeof offerBody>): SdpOffer {
  const pcId = wire.pc_id ?? undefined;
  const restartPc = wire.restart_pc ?? undefined;
  return {
    sdp: wire.sdp,
    type: 'offer',
    ...(pcId === undefined ? {} : { pcId }),
    ...(restartPc === undefined ? {} : { restartPc }),
  };
}

function toCandidate(wire: z.infer<typeof candidatesBody>['candidates'][number]): IceCandidate {
  return {
    candidate: wire.candidate,
    sdpMid: wire.sdp_mid ?? null,
    sdpMLineIndex: wire.sdp_mline_index ?? null,
  };
}
