import { isUsableCandidate } from '../../../../../bot/transport/webrtc/sdp';

const host = (address: string): string => `candidate:1 1 udp 2113937151 ${address} 50000 typ host`;

test.each([
  ['IPv6', 'candidate:842163049 1 udp 1677729535 2001:db8::1 40678 typ srflx raddr :: rport 0', true],
  ['with a=', 'a=candidate:1 1 UDP 2114977791 198.51.100.1 38097 typ host', true],
  ['TCP', 'candidate:1 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active', false],
  ['a name', 'candidate:1 1 udp 2113937151 example.invalid 50000 typ host', false],
  ['RTCP component', 'candidate:1 2 udp 2113937151 192.0.2.7 50000 typ host', false],
  ['port 0', 'candidate:1 1 udp 2113937151 192.0.2.7 0 typ host', false],
  ['unknown type', 'candidate:1 1 udp 2113937151 192.0.2.7 50000 typ guess', false],
  ['cut short', 'candidate:1 1 udp', false],
  ['empty, which ends the candidates', '', false],
])('a candidate is judged: %s', (_name, candidate, usable) => {
  expect(isUsableCandidate(candidate, false)).toBe(usable);
});

test.each([
  '0.0.0.0',
  '169.254.169.254',
  '169.254.170.2',
  '224.0.0.251',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  'fe80::1',
  'ff02::fb',
  'fd00:ec2::254',
])('P6: nothing is ever sent to %s', (address) => {
  expect(isUsableCandidate(host(address), false)).toBe(false);
  expect(isUsableCandidate(host(address), true)).toBe(false);
});

test.each([
  '10.0.0.1',
  '100.64.0.1',
  '127.0.0.1',
  '172.16.0.1',
  '172.31.255.254',
  '192.168.1.1',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '64:ff9b::a00:1',
  'fc00::1',
  'fd12:3456::1',
])('P6: the private address %s is tried only where that is allowed', (address) => {
  expect(isUsableCandidate(host(address), false)).toBe(false);
  expect(isUsableCandidate(host(address), true)).toBe(true);
});

test.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2600:1f18::1'])('the public address %s is tried', (address) => {
  expect(isUsableCandidate(host(address), false)).toBe(true);
});
