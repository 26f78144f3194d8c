import { connect } from 'node:net';
import { readThrown } from '../cli/thrown';

const CONNECT_WITHIN_MS = 5_000;

/** Why no connection to an address's host and port can be made from here, in words; undefined where one can. */
export function whyUnreachable(url: string, withinMs = CONNECT_WITHIN_MS): Promise<string | undefined> {
  if (!URL.canParse(url)) return Promise.resolve('it is no address');
  const { hostname, port, protocol } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
      signal: AbortSignal.timeout(withinMs),
    });
    socket.once('connect', () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once('error', (error) => {
      const { code, message } = readThrown(error);
      resolve(code === 'ABORT_ERR' ? `nothing within ${withinMs / 1000} s` : code || message);
    });
  });
}
