import { isIP, isIPv4 } from 'node:net';

/** A local server in place of a host that an agent's tool names. */
export interface ToolHost {
  /** As in a URL: `api.clinic.example`, or with a port. */
  readonly host: string;
  /** `http://127.0.0.1:4001` */
  readonly origin: string;
}

export const TOOL_HOST_RULE = 'a list of HOST=http://127.0.0.1:PORT, separated by commas';
export const CIDR_RULE = 'a list of networks such as 10.20.0.0/16, separated by commas';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** @returns undefined for what is not `HOST=http://LOOPBACK:PORT` */
export function parseToolHost(raw: string): ToolHost | undefined {
  const [host = '', origin = '', ...rest] = raw.split('=').map((part) => part.trim());
  if (rest.length > 0 || !/^[a-z0-9.-]+(:\d{1,5})?$/.test(host) || !URL.canParse(origin)) return undefined;
  const url = new URL(origin);
  const isLocal = url.protocol === 'http:' && LOOPBACK.has(url.hostname) && url.origin === origin.replace(/\/$/, '');
  return isLocal ? { host, origin: url.origin } : undefined;
}

/** @returns undefined for what is no network in CIDR notation */
export function parseCidr(raw: string): string | undefined {
  const [address = '', bits = '', ...rest] = raw.split('/');
  const isNetwork = rest.length === 0 && isIP(address) !== 0 && /^\d{1,3}$/.test(bits);
  return isNetwork && Number(bits) >= 1 && Number(bits) <= (isIPv4(address) ? 32 : 128) ? raw : undefined;
}
