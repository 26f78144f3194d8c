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
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const base = value - (value % 2 ** (32 - prefix));
  return Array.from({ length: count }, (_, index) => {
    const at = base + index * 2 ** (32 - newPrefix);
    const bytes = [24, 16, 8, 0].map((shift) => Math.floor(at / 2 ** shift) % 256);
    return `${bytes.join('.')}/${newPrefix}`;
  });
}
