import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { DAILY_WEB_HOSTS } from '../../contract/daily-hosts';
import type { Config } from '../config';

/**
 * Headers that keep the page to itself: everything it loads comes from this server, and no page may frame it. The
 * page brings its own microphone, so the blob: scripts of the Pipecat client's media managers are not allowed.
 * WebRTC is not subject to `connect-src`. Where calls go through Daily, its call machine is let in, too.
 */
export function securityHeaders(config: Pick<Config, 'transport' | 'daily'>): RequestHandler[] {
  const daily = config.transport === 'daily' ? dailySources(config.daily.bundleUrl) : NO_SOURCES;
  const headers = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", ...daily.scripts],
        workerSrc: ["'self'", ...daily.workers],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        mediaSrc: ["'self'", 'blob:', 'mediastream:'],
        connectSrc: ["'self'", ...daily.connections],
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

/** What a page of ours may load beyond this server. */
interface Sources {
  readonly scripts: readonly string[];
  readonly workers: readonly string[];
  readonly connections: readonly string[];
}

const NO_SOURCES: Sources = { scripts: [], workers: [], connections: [] };

/**
 * What Daily's call machine needs, as a script and not by `eval` (daily-js's `avoidEval`); it makes its workers and
 * worklets from blobs. Source: https://docs.daily.co/guides/privacy-and-security/content-security-policy
 */
function dailySources(bundleUrl: string | undefined): Sources {
  const own = bundleUrl === undefined ? [] : [new URL(bundleUrl).origin];
  const hosts = [...DAILY_WEB_HOSTS.map((host) => `https://${host}`), ...own];
  return {
    scripts: [...hosts, 'blob:'],
    workers: ['blob:'],
    // A source of https says nothing of wss.
    connections: [...hosts, ...hosts.map((host) => host.replace(/^http/, 'ws'))],
  };
}
