import type { Ticker } from '../../time';
import type { HttpDependencies } from '../dependencies';
import { Peers } from '../peers';
import type { Routes } from '../route';
import { MediaUpgrades } from './media-upgrade';
import { phoneNoticeRoutes } from './notices';
import { SignedRequests } from './signed-requests';
import { twilioWebhooks } from './twilio-webhooks';

/** A verdict is of use while its call goes on; Twilio waits for the answer for 15 s. */
const VERDICTS = { askedWithinMs: 2_500, answersWithinMs: 1_000 };

type Phone = NonNullable<HttpDependencies['phone']>;

/** The telephone's. Who asks is known by a signature or a key, and not by a host's name. */
export function phoneRoutes(deps: HttpDependencies, phone: Phone): Routes {
  const { config, clock } = deps;
  const { publicUrl } = phone.config;
  const peers = new Peers({ publicUrl, hops: config.access.startHops, ...VERDICTS, clock });
  return {
    ...twilioWebhooks(phone, signedRequests(deps, phone), peers, deps),
    ...phoneNoticeRoutes(phone),
  };
}

/** Calls' streams. */
export function openMediaUpgrades(deps: HttpDependencies, phone: Phone, ticker: Ticker): MediaUpgrades {
  const { telemetry, clock } = deps;
  return new MediaUpgrades({ phone, signed: signedRequests(deps, phone), telemetry, clock, ticker });
}

function signedRequests({ telemetry, clock }: HttpDependencies, phone: Phone) {
  const { config, addresses } = phone;
  return new SignedRequests({ config, addresses, telemetry, clock });
}
