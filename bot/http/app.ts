import express, { type Express } from 'express';
import { dailySources, NO_SOURCES } from '../../contract/daily-hosts';
import { ADMIN_KEY, START_KEY } from '../../contract/secrets';
import { BotError } from '../errors';
import { recordRequests } from './access-log';
import { requireKey } from './auth';
import { callsRoutes } from './calls';
import { allowOrigins } from './cors';
import type { HttpDependencies } from './dependencies';
import { healthRoutes } from './health';
import { requireKnownHost } from './known-host';
import { metricsRoutes } from './metrics';
import { offerRoutes } from './offer';
import { pageNotBuilt, servePage } from './page';
import { dailyDialInRoutes } from './phone/daily-dial-in';
import { outgoingCallRoutes } from './phone/outgoing-calls';
import { phoneRoutes } from './phone/routes';
import { answerProblems } from './problem';
import { limitFailures, limitStarts } from './rate-limit';
import { redirectRoutes } from './redirect';
import { assignRequestId, setRoute } from './request-context';
import { addRoutes } from './route';
import { securityHeaders } from './security';
import { startRoutes, type StartGuards } from './start';

/** An operator who mistypes a key does not do so more often. */
const ADMIN_FAILURES_PER_MINUTE = 10;

/** The whole HTTP API as an Express app that listens nowhere; what each route does is in docs/http-api.md. */
export function createApp(deps: HttpDependencies): Express {
  const { access, transport, daily } = deps.config;
  const { logger } = deps.telemetry;
  const starters: StartGuards = {
    limit: limitStarts(access.startsPerMinute),
    key: requireKey(access.startApiKey, START_KEY, 'open', access.serverApiKey),
  };
  const operators = [limitFailures(requireKey(access.adminApiKey, ADMIN_KEY, 'closed'), ADMIN_FAILURES_PER_MINUTE)];

  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', false);
  app.set('trust proxy', access.trustedProxies);
  app.use(assignRequestId(), recordRequests(deps.telemetry, deps.clock));
  app.use(securityHeaders(transport === 'daily' ? dailySources(daily.bundleUrl) : NO_SOURCES));
  if (deps.phone !== undefined) addRoutes(app, phoneRoutes(deps, deps.phone));
  if (deps.dialIn !== undefined) addRoutes(app, dailyDialInRoutes(deps, deps.dialIn));
  addRoutes(app, outgoingCallRoutes(deps));
  app.use(requireKnownHost(deps.config), allowOrigins(access.allowedOrigins));
  addRoutes(app, {
    ...healthRoutes(deps, operators),
    ...metricsRoutes(deps),
    ...startRoutes(deps, starters),
    ...offerRoutes(deps, starters),
    ...callsRoutes(deps, operators),
    ...(access.browserRedirect && transport === 'daily' ? redirectRoutes(deps, starters) : {}),
  });
  app.use(servePage(deps.pageDirectory, deps.pageLanguage));
  addRoutes(app, pageNotBuilt);
  app.use((_req, res) => {
    setRoute(res, 'unmatched');
    throw new BotError('not_found', 'There is nothing here.');
  });
  app.use(answerProblems(logger));
  return app;
}
