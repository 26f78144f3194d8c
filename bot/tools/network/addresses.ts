import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** What no tool reaches, whatever is allowed: the host itself, and what hands out credentials on it. */
const NEVER = blockList([
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16', // 169.254.169.254 and, on ECS, 169.254.170.2 give the task's credentials
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '::1/128',
  'fe80::/10',
  'fd00:ec2::/32', // the same service by IPv6
  'ff00::/8',
]);

/** What is not on the internet (RFC 6890 and its successors), and reached only where it is allowed. */
const PRIVATE = blockList([
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  'fc00::/7',
  'fec0::/10',
]);

/** Addresses that carry an IPv4 address in their last 32 bits: mapped, compatible, and by NAT64. */
const CARRIES_IPV4 = blockList(['::ffff:0:0/96', '::/96', '64:ff9b::/96']);
/** 6to4 has it behind its prefix. */
const SIX_TO_FOUR = blockList(['2002::/16']);

/** The rule for addresses that tools connect to. */
export class AllowedAddresses {
  readonly #private: BlockList;

  /** @param cidrs private networks that may be reached, as in `10.20.0.0/16` */
  constructor(cidrs: readonly string[] = []) {
    this.#private = blockList(cidrs);
  }

  allows(address: string): boolean {
    const inner = embeddedIpv4(address);
    if (inner !== undefined && inner !== address) return this.allows(inner);
    if (!isIPv4(address) && !isIPv6(address)) return false;
    if (isIn(NEVER, address)) return false;
    return !isIn(PRIVATE, address) || isIn(this.#private, address);
  }
}

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

function blockList(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', bits = ''] = cidr.split('/');
    list.addSubnet(network, Number(bits), isIPv4(network) ? 'ipv4' : 'ipv6');
  }
  return list;
}

/** The IPv4 address that an IPv6 address is a form of. */
function embeddedIpv4(address: string): string | undefined {
  if (!isIPv6(address)) return undefined;
  const carries = isIn(CARRIES_IPV4, address);
  if (!carries && !isIn(SIX_TO_FOUR, address)) return undefined;
  const groups = groupsOf(address);
  const [high = 0, low = 0] = carries ? groups.slice(6) : groups.slice(1, 3);
  // `::` and `::1` carry nothing.
  if (carries && high === 0 && low <= 1) return undefined;
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const bare = address.split('%')[0] ?? '';
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(bare);
  const hex = (high: string | undefined, low: string | undefined): string =>
    ((Number(high) << 8) | Number(low)).toString(16);
  const whole = dotted === null ? bare : `${dotted[1]}${hex(dotted[2], dotted[3])}:${hex(dotted[4], dotted[5])}`;
  const [before = '', after] = whole.split('::');
  const numbers = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)));
  const head = numbers(before);
  if (after === undefined) return head;
  const tail = numbers(after);
  return [...head, ...new Array<number>(Math.max(0, 8 - head.length - tail.length)).fill(0), ...tail];
}
