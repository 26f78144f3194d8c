import { Presence } from '../../../../bot/transport/webrtc/presence';
import { toNativeIceServers } from '../../../../bot/transport/webrtc/ice-servers';

test('ICE servers of a browser configuration become what libdatachannel takes', () => {
  const native = toNativeIceServers([
    { urls: 'stun:stun.example.org' },
    { urls: ['turn:turn.example.org:3479?transport=tcp', 'turns:[2001:db8::1]'], username: 'u', credential: 'p:w@d/?' },
  ]);
  expect(native).toEqual([
    'stun:stun.example.org:3478',
    { hostname: 'turn.example.org', port: 3_479, relayType: 'TurnTcp', username: 'u', password: 'p:w@d/?' },
    { hostname: '2001:db8::1', port: 5_349, relayType: 'TurnTls', username: 'u', password: 'p:w@d/?' },
  ]);
});

test('an ICE server of another scheme is refused without repeating it', () => {
  expect(() => toNativeIceServers([{ urls: 'https://secret.example' }])).toThrow(/stun:, turn: or turns:/);
  expect(() => toNativeIceServers([{ urls: 'https://secret.example' }])).not.toThrow(/secret/);
});

test('a client of whom nothing has come for too long has vanished', () => {
  const presence = new Presence(1_000, 0);
  for (let now = 20; now <= 1_000; now += 20) expect(presence.hasVanished(now)).toBe(false);
  presence.seen(1_000);
  for (let now = 1_020; now <= 2_000; now += 20) expect(presence.hasVanished(now)).toBe(false);
  expect(presence.hasVanished(2_020)).toBe(true);
});

test('a process that stood still does not blame its clients for it', () => {
  const presence = new Presence(1_000, 0);
  for (let now = 20; now <= 600; now += 20) presence.hasVanished(now);
  expect(presence.hasVanished(60_600)).toBe(false);
  expect(presence.hasVanished(60_900)).toBe(false);
  expect(presence.hasVanished(61_100)).toBe(true);
});
