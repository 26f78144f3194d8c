import type { RequestHandler } from 'express';
import { BotError } from '../errors';
import { transportFault } from './availability';
import { callerOf } from './caller';
import { isPersonNavigating } from './crawlers';
import type { HttpDependencies } from './dependencies';
import type { Routes } from './route';
import { redirectToPeer } from './redirect-to-peer';
import { recordRefusals, type StartGuards } from './start';

/** Shown unless the request is certain to be a person's: the call begins with a press of the button. */
const CONFIRM_PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="robots" content="noindex, nofollow"><title>Call</title></head>
<body><form method="post" action="/"><button>Start the call</button></form></body>
</html>
`;
/** The form may lead on to the room, wherever Daily has it; nothing else is allowed on the page. */
const CONFIRM_PAGE_POLICY = "default-src 'none'; form-action 'self' https: http://127.0.0.1:*; frame-ancestors 'none'";

/**
 * `GET /` with BROWSER_REDIRECT: takes a call, behind the limits of /start, and sends the browser into its room. All
 * that is not a person navigating (HEAD, previews, crawlers, frames, images) gets a page with a button instead.
 */
export function redirectRoutes(deps: HttpDependencies, guards: StartGuards): Routes {
  const begin: RequestHandler = async (req, res) => {
    const fault = transportFault(deps.config);
    if (fault !== undefined) throw new BotError('transport_unavailable', fault);
    const { entrance } = await deps.calls.start(callerOf(req, deps.config));
    if (entrance === undefined) throw new BotError('internal', 'a call without a room to go to');
    const room = new URL(entrance.url);
    room.searchParams.set('t', entrance.token);
    res.set('Referrer-Policy', 'no-referrer').redirect(303, room.href);
  };
  const confirmUnlessPerson: RequestHandler = (req, res, next) => {
    if (isPersonNavigating(req)) {
      next();
      return;
    }
    res
      .set('Content-Security-Policy', CONFIRM_PAGE_POLICY)
      .set('X-Robots-Tag', 'noindex, nofollow')
      .type('html')
      .send(CONFIRM_PAGE);
  };
  const record = [recordRefusals(deps.telemetry)];
  const start = [guards.limit, guards.key, redirectToPeer(deps), begin];
  return {
    '/': { GET: [confirmUnlessPerson, ...start], POST: start, onError: { GET: record, POST: record } },
    '/robots.txt': { GET: [(_req, res) => void res.type('text').send('User-agent: *\nDisallow: /\n')] },
  };
}
