import type { Request, Response } from 'express';
import { BotError } from '../../errors';
import type { Decision, PhoneService } from '../../phone';
import { TWILIO_SIGNATURE_HEADER } from '../../../contract/http';
import { TWILIO_PATHS, twiml } from '../../transport/twilio';
import type { HttpDependencies } from '../dependencies';
import { hopOf, type Peers } from '../peers';
import { limitFailures } from '../rate-limit';
import { queryOf } from '../request-target';
import type { Routes } from '../route';
import { fieldOf, fieldsOf, readForm } from './form-body';
import type { SignedRequests } from './signed-requests';

/** Requests that are not signed, an address and minute. */
const UNSIGNED_PER_MINUTE = 60;
const CALL_SID = /^CA[0-9a-f]{32}$/;
/** Of our own numbers, or of a SIP domain; it comes back as it is. */
const OWN_LINE = /^\+?[1-9]\d{2,14}$/;
const WORD = /^[a-z_-]{1,40}$/;

/** What Twilio asks while a call goes on: each answer is a document that says what next. */
export function twilioWebhooks(
  phone: PhoneService,
  signed: SignedRequests,
  peers: Peers,
  deps: HttpDependencies,
): Routes {
  const { telemetry, clock } = deps;
  const { desk, addresses, config, outgoing } = phone;
  const before = [...readForm(), limitFailures(signed.require, UNSIGNED_PER_MINUTE)];

  const answer = (res: Response, decision: Decision, parameters: Readonly<Record<string, string>> = {}): void => {
    res.type('text/xml').send(documentFor(decision, parameters));
  };
  const documentFor = (decision: Decision, parameters: Readonly<Record<string, string>>): string => {
    switch (decision.kind) {
      case 'connect': {
        const { token, attempt } = decision;
        const afterUrl = addresses.after(token, attempt);
        return twiml.connect({ streamUrl: addresses.stream(token), afterUrl, parameters });
      }
      case 'ask-again':
        return twiml.askAgain(addresses.after(decision.token, decision.attempt, true));
      case 'busy':
        return twiml.rejectBusy();
      case 'apologise':
        return twiml.playAndHangUp(addresses.notice('apology'));
      case 'hang-up':
        return twiml.hangUp();
    }
  };
  /** @throws BotError `bad_request` */
  const callOf = (req: Request): { readonly callSid: string; readonly accountSid: string } => {
    const callSid = fieldOf(req, 'CallSid');
    const accountSid = fieldOf(req, 'AccountSid');
    if (!CALL_SID.test(callSid)) throw new BotError('bad_request', 'CallSid: the name of a call.');
    if (accountSid !== config.twilio.accountSid) throw new BotError('bad_request', 'AccountSid: another account.');
    return { callSid, accountSid };
  };
  const ownLine = (number: string): Readonly<Record<string, string>> => (OWN_LINE.test(number) ? { line: number } : {});
  const stateOf = (req: Request): string => queryOf(req.originalUrl).get('state') ?? '';

  return {
    [TWILIO_PATHS.voice]: {
      POST: [
        ...before,
        (req, res) => {
          const call = callOf(req);
          const ticket = queryOf(req.originalUrl).get('call');
          if (ticket !== null) answer(res, desk.answered(ticket, call), ownLine(fieldOf(req, 'From')));
          else {
            const to = fieldOf(req, 'To');
            answer(res, desk.ring({ ...call, from: fieldOf(req, 'From'), to }), ownLine(to));
          }
        },
      ],
    },
    [TWILIO_PATHS.after]: {
      POST: [
        ...before,
        (req, res) => {
          callOf(req);
          // A caller who has gone needs nothing more.
          const hasEnded = fieldOf(req, 'CallStatus') === 'completed';
          answer(
            res,
            hasEnded ? { kind: 'hang-up' } : desk.streamEnded(stateOf(req), queryOf(req.originalUrl).has('again')),
          );
        },
      ],
    },
    [TWILIO_PATHS.dialled]: {
      POST: [
        ...before,
        (req, res) => {
          callOf(req);
          const status = fieldOf(req, 'DialCallStatus');
          const to = queryOf(req.originalUrl).get('to') ?? '';
          const isOver =
            !['busy', 'no-answer', 'failed'].includes(status) || fieldOf(req, 'CallStatus') === 'completed';
          if (isOver) answer(res, { kind: 'hang-up' });
          else answer(res, desk.comeBack(stateOf(req)), { outcome: status, to });
        },
      ],
    },
    [TWILIO_PATHS.status]: {
      POST: [
        ...before,
        (req, res) => {
          const { callSid } = callOf(req);
          const status = fieldOf(req, 'CallStatus');
          telemetry.record('phoneCallChanged', { callSid, status: WORD.test(status) ? status : 'unknown' });
          outgoing?.changed(callSid, status);
          res.status(204).end();
        },
      ],
    },
    [TWILIO_PATHS.machine]: {
      POST: [
        ...before,
        async (req, res) => {
          const { callSid } = callOf(req);
          const by = fieldOf(req, 'AnsweredBy');
          const isHere = outgoing?.answeredBy(callSid, by) ?? false;
          const isHandedOn = hopOf(req) > 0;
          if (!isHere && isHandedOn) throw new BotError('not_found', 'This call is not here.');
          const isKnown = isHere || (await peers.ask(clock.nowMs(), () => asItCame(req), isTaken)) === true;
          const word = WORD.test(by) ? by : 'unknown';
          if (isHere || !isKnown) telemetry.record('phoneAnsweredBy', { callSid, by: word, late: !isKnown });
          res.status(204).end();
        },
      ],
    },
  };
}

/** What is signed is the address and all fields, in whatever form they are written. */
const asItCame = (req: Request) => ({
  path: req.originalUrl,
  headers: { [TWILIO_SIGNATURE_HEADER]: req.get(TWILIO_SIGNATURE_HEADER) ?? '' },
  body: new URLSearchParams(fieldsOf(req).map(([name, value]): [string, string] => [name, value])),
});

const isTaken = ({ ok }: { readonly ok: boolean }): true | undefined => (ok ? true : undefined);
