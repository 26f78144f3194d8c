import { BlockList, isIP, isIPv6 } from 'node:net';
import type { IceCandidate } from '../signalling';

/** A browser has a handful; those beyond cost checks and find no better path, since the client's own checks show us more. */
export const MAX_REMOTE_CANDIDATES = 10;

const SPECIAL = blockList([
  ['0.0.0.0', 8],
  // Link-local, and with it what a cloud answers to its machines: 169.254.169.254, 169.254.170.2.
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
  ['::', 128],
  ['fe80::', 10],
  ['ff00::', 8],
  // The metadata service of AWS over IPv6.
  ['fd00:ec2::', 32],
]);
const PRIVATE = blockList([
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['::1', 128],
  // NAT64 and 6to4 carry IPv4 addresses of any kind.
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['fc00::', 7],
  ['fec0::', 10],
]);

/**
 * Whether a candidate (with or without `a=`) is one to try: UDP to a literal address that a stranger may send us to.
 * Browsers hide addresses behind mDNS names (`….local`), which need no resolving, since the browser reaches us first; any
 * other name would make this server look up what a stranger wrote. Addresses that belong to one link, to a group or to
 * nobody are never tried (RFC 6890); those of private networks only where `allowPrivate` says so.
 */
export function isUsableCandidate(candidate: string, allowPrivate: boolean): boolean {
  if (candidate.length > 500 || /[^\x20-\x7e]/.test(candidate)) return false;
  const parts = candidate.replace(/^a=/, '').split(' ');
  const [foundation, component, protocol, priority, address, port, typ, type] = parts;
  if (foundation === undefined || !/^candidate:[\w+/-]{1,32}$/.test(foundation)) return false;
  if (component !== '1' || protocol?.toLowerCase() !== 'udp') return false;
  if (!/^\d{1,10}$/.test(priority ?? '') || !/^\d{1,5}$/.test(port ?? '')) return false;
  const portNumber = Number(port);
  if (portNumber < 1 || portNumber > 65_535 || !isUsableAddress(address ?? '', allowPrivate)) return false;
  return typ === 'typ' && ['host', 'srflx', 'prflx', 'relay'].includes(type ?? '');
}

/**
 * The trickled candidates that belong to the transport of the voice, named by section or by its index. Pure.
 * @param mids all sections' names in order
 * @param bundled the names of those that share the transport
 */
export function candidatesFor(
  candidates: readonly IceCandidate[],
  mids: readonly (string | undefined)[],
  bundled: readonly string[],
): readonly string[] {
  return candidates.flatMap(({ candidate, sdpMid, sdpMLineIndex }) => {
    const mid = sdpMid ?? mids[sdpMLineIndex ?? 0];
    return mid !== undefined && bundled.includes(mid) ? [candidate] : [];
  });
}

function isUsableAddress(address: string, allowPrivate: boolean): boolean {
  if (isIP(address) === 0) return false;
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  // A BlockList judges an IPv4-mapped IPv6 address by its IPv4 rules.
  return !SPECIAL.check(address, family) && (allowPrivate || !PRIVATE.check(address, family));
}

function blockList(subnets: readonly (readonly [network: string, prefix: number])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, isIPv6(network) ? 'ipv6' : 'ipv4');
  return list;
}
