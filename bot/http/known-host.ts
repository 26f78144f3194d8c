import { isIP } from 'node:net';
import type { RequestHandler } from 'express';
import type { Config } from '../config';
import { BotError } from '../errors';

/** Names that no stranger can have in the public DNS: this machine, its network, a name without a dot. */
const PRIVATE_NAME = /^[^.]+$|\.(localhost|local|internal|home\.arpa)$/;

/**
 * Against DNS rebinding, by which a page of anybody's makes its own name lead here: a bot that is reached directly and
 * asks for no key serves only addresses, names of the local network, and the hosts of ALLOWED_ORIGINS. Behind a proxy,
 * or with a key, a name gives nothing away.
 */
export function requireKnownHost({ access, host }: Pick<Config, 'access' | 'host'>): RequestHandler {
  const { allowedOrigins, startApiKey, trustedProxies } = access;
  const isOpen = startApiKey !== undefined || trustedProxies > 0 || allowedOrigins.includes('*');
  const known = new Set([host.toLowerCase(), ...allowedOrigins.flatMap((origin) => nameIn(origin) ?? [])]);
  return (req, _res, next) => {
    const sent = req.get('host');
    const name = sent === undefined ? undefined : nameIn(`http://${sent}`);
    const isKnown =
      sent === undefined ||
      (name !== undefined && (known.has(name) || PRIVATE_NAME.test(name) || isIP(name.replace(/^\[|\]$/g, '')) !== 0));
    if (!isOpen && !isKnown) {
      throw new BotError(
        'origin_refused',
        'The bot is not known by this name: add its origin to ALLOWED_ORIGINS, or set START_API_KEY.',
      );
    }
    next();
  };
}

function nameIn(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}
