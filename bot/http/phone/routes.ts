import type { Ticker } from '../../time';
import type { HttpDependencies } from '../dependencies';
import type { Routes } from '../route';
import { MediaUpgrades } from './media-upgrade';
import { phoneNoticeRoutes } from './notices';
import { SignedRequests } from './signed-requests';
import { twilioWebhooks } from './twilio-webhooks';

type Phone = NonNullable<HttpDependencies['phone']>;

/** The telephone's. Who asks is known by a signature or a key, and not by a host's name. */
export function phoneRoutes(deps: HttpDependencies, phone: Phone): Routes {
  return {
    ...twilioWebhooks(phone, signedRequests(deps, phone), deps.telemetry),
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
