import type { Ticker } from '../../time';
import type { HttpDependencies } from '../dependencies';
import type { Routes } from '../route';
import { MediaUpgrades } from './media-upgrade';
import { phoneNoticeRoutes } from './notices';
import { outgoingCallRoutes } from './outgoing-calls';
import { SignedRequests } from './signed-requests';
import { twilioWebhooks } from './twilio-webhooks';

/** The telephone's; none where there is no telephone. Who asks is known by a signature or a key, and not by a host's name. */
export function phoneRoutes(deps: HttpDependencies): Routes {
  const { phone, telemetry } = deps;
  if (phone === undefined) return {};
  return {
    ...twilioWebhooks(phone, signedRequests(deps, phone), telemetry),
    ...phoneNoticeRoutes(phone),
    ...outgoingCallRoutes(deps, phone),
  };
}

/** Calls' streams; undefined where there is no telephone. */
export function openMediaUpgrades(deps: HttpDependencies, ticker: Ticker): MediaUpgrades | undefined {
  const { phone, telemetry, clock } = deps;
  if (phone === undefined) return undefined;
  return new MediaUpgrades({ phone, signed: signedRequests(deps, phone), telemetry, clock, ticker });
}

function signedRequests({ telemetry, clock }: HttpDependencies, phone: NonNullable<HttpDependencies['phone']>) {
  const { config, addresses } = phone;
  return new SignedRequests({ config, addresses, telemetry, clock });
}
