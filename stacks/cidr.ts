/** The number an IPv4 address is. */
const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const addressOf = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/**
 * The network that an IPv4 range lies in: the range without its host bits.
 * @param cidr four decimal numbers, "/" and a prefix length
 * @returns undefined for what is no range: a number over 255, a prefix over 32
 */
export function networkOf(cidr: string): string | undefined {
  const [address = '', prefix = ''] = cidr.split('/');
  if (Number(prefix) > 32 || address.split('.').some((part) => Number(part) > 255)) return undefined;
  const value = numberOf(address);
  return `${addressOf(value - (value % 2 ** (32 - Number(prefix))))}/${Number(prefix)}`;
}

/**
 * Splits an IPv4 range into equal subnets.
 * @param cidr such as "10.20.0.0/16"; bits beyond its prefix are ignored
 * @param newPrefix prefix length of the subnets, at least the range's
 * @returns the first `count` subnets
 * @throws RangeError when they do not fit
 */
export function subnetCidrs(cidr: string, newPrefix: number, count: number): string[] {
  const [address = '', prefixText = ''] = cidr.split('/');
  const prefix = Number(prefixText);
  if (newPrefix < prefix || newPrefix > 32 || count > 2 ** (newPrefix - prefix)) {
    throw new RangeError(`${count} subnets of /${newPrefix} do not fit into ${cidr}`);
  }
  const value = numberOf(address);
  const base = value - (value % 2 ** (32 - prefix));
  return Array.from({ length: count }, (_, index) => {
    return `${addressOf(base + index * 2 ** (32 - newPrefix))}/${newPrefix}`;
  });
}
