import type { IceServer as NativeIceServer, RelayType } from 'node-datachannel';
import type { IceServer } from '../../config';
import { BotError } from '../../errors';

/**
 * ICE servers in the form libdatachannel takes. Its parser splits URLs itself and trips over some credentials, so TURN
 * is handed over in parts.
 * @throws BotError `config_invalid` for a URL of another scheme
 */
export function toNativeIceServers(servers: readonly IceServer[]): (string | NativeIceServer)[] {
  return servers.flatMap((server) => {
    const urls = typeof server.urls === 'string' ? [server.urls] : server.urls;
    return urls.map((url) => toNative(url, server));
  });
}

function toNative(url: string, server: IceServer): string | NativeIceServer {
  const match = /^(stuns?|turns?):(\[[0-9a-fA-F:]+\]|[\w.-]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/.exec(url);
  const [, scheme, hostname, port, transport] = match ?? [];
  if (scheme === undefined || hostname === undefined) {
    throw new BotError('config_invalid', 'an ICE server URL is not a stun:, turn: or turns: URL');
  }
  const secure = scheme.endsWith('s');
  const portNumber = port === undefined ? (secure ? 5349 : 3478) : Number(port);
  if (scheme.startsWith('stun')) return `stun:${hostname}:${portNumber}`;
  const relayType: RelayType = secure ? 'TurnTls' : transport === 'tcp' ? 'TurnTcp' : 'TurnUdp';
  return {
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: portNumber,
    relayType,
    ...(server.username === undefined ? {} : { username: server.username }),
    ...(server.credential === undefined ? {} : { password: server.credential }),
  };
}
