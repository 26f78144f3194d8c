import { subnetCidrs } from '../../stacks/cidr';

describe('subnets of a range', () => {
  it('follow each other without a gap', () => {
    expect(subnetCidrs('10.20.0.0/16', 20, 4)).toEqual([
      '10.20.0.0/20',
      '10.20.16.0/20',
      '10.20.32.0/20',
      '10.20.48.0/20',
    ]);
  });

  it('begin at the range, whatever bits its address has beyond the prefix', () => {
    expect(subnetCidrs('192.168.5.77/22', 24, 2)).toEqual(['192.168.4.0/24', '192.168.5.0/24']);
  });

  it('reach the end of the address space', () => {
    expect(subnetCidrs('255.255.0.0/16', 17, 2)).toEqual(['255.255.0.0/17', '255.255.128.0/17']);
  });

  it('are refused when they do not fit', () => {
    expect(() => subnetCidrs('10.0.0.0/22', 24, 5)).toThrow('5 subnets of /24 do not fit into 10.0.0.0/22');
  });
});
