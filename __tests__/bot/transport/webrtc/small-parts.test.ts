import { Presence } from '../../../../bot/transport/webrtc/presence';
import { PcmQueue } from '../../../../bot/transport/webrtc/pcm-queue';
import { toNativeIceServers } from '../../../../bot/transport/webrtc/ice-servers';

test('samples are taken in other pieces than they came in, the missing ones as silence', () => {
  const queue = new PcmQueue();
  queue.push(Int16Array.of(1, 2, 3));
  queue.push(new Int16Array(0));
  queue.push(Int16Array.of(4, 5));
  const target = new Int16Array(4).fill(9);
  expect(queue.take(target)).toBe(4);
  expect([...target]).toEqual([1, 2, 3, 4]);
  expect(queue.length).toBe(1);
  expect(queue.take(target)).toBe(1);
  expect([...target]).toEqual([5, 0, 0, 0]);
  expect(queue.take(target)).toBe(0);
});

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
