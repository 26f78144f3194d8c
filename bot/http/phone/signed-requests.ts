import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler } from 'express';
import { TWILIO_SIGNATURE_HEADER } from '../../../contract/http';
import { BotError } from '../../errors';
import type { PhoneConfig } from '../../phone-config';
import type { Telemetry } from '../../telemetry';
import { type Clock, RateLimit } from '../../time';
import { type FormFields, isSigned, type TwilioAddresses } from '../../transport/twilio';
import { fieldsOf } from './form-body';

/** Says that a request is signed in another way, with a key of its own (a beta of September 2026). */
const SETTINGS = 'x-twilio-webhooks-signature-settings';
/** Of a flood so many lines are enough. */
const TOLD = { burst: 20, perSecond: 0.5 };

interface SignedRequestsOptions {
  readonly config: Pick<PhoneConfig, 'twilio'>;
  readonly addresses: TwilioAddresses;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

/** Lets through what Twilio has signed, by the address that it was told and not by what the request says of itself. */
export class SignedRequests {
  readonly #options: SignedRequestsOptions;
  readonly #told: RateLimit;

  constructor(options: SignedRequestsOptions) {
    this.#options = options;
    this.#told = new RateLimit({ clock: options.clock, ...TOLD });
  }

  /** For webhooks, behind `readForm`. */
  get require(): RequestHandler {
    return (req, _res, next) => {
      this.check('webhook', req.headers, this.#options.addresses.of(req.originalUrl), fieldsOf(req));
      next();
    };
  }

  /** @throws BotError `signature_invalid` */
  check(step: 'webhook' | 'upgrade', headers: IncomingHttpHeaders, url: string, fields: FormFields): void {
    const { config, telemetry } = this.#options;
    const signature = headers[TWILIO_SIGNATURE_HEADER];
    const isMissing = typeof signature !== 'string' || signature === '';
    const why = headers[SETTINGS] !== undefined ? 'unsupported' : isMissing ? 'missing' : undefined;
    if (why === undefined && isSigned(String(signature), url, fields, config.twilio.authTokens)) return;
    telemetry.record('phoneSignatureRefused', { step, why: why ?? 'wrong' }, this.#told.take() ? 'warn' : 'debug');
    throw new BotError('signature_invalid', 'This request is not signed by the carrier.');
  }
}
