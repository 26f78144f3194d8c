import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { PageSources } from '../../contract/daily-hosts';

/**
 * Headers that keep the page to itself: everything it loads comes from this server, and no page may frame it. The
 * page brings its own microphone, so the blob: scripts of the Pipecat client's media managers are not allowed.
 * WebRTC is not subject to `connect-src`.
 * @param others what the page may load besides, such as Daily's call machine
 */
export function securityHeaders(others: PageSources): RequestHandler[] {
  const headers = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", ...others.scripts],
        workerSrc: ["'self'", ...others.workers],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        mediaSrc: ["'self'", 'blob:', 'mediastream:'],
        connectSrc: ["'self'", ...others.connections],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Whoever is reached by https should be so again; over http browsers ignore it.
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
    referrerPolicy: { policy: 'no-referrer' },
  });
  const permissions: RequestHandler = (_req, res, next) => {
    res.set('Permissions-Policy', 'microphone=(self), camera=(), display-capture=(), geolocation=()');
    next();
  };
  return [headers, permissions];
}
