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
  for (let now = 20; now <= 1_000; now += 20) expect(presence.hasVanished(now, false)).toBe(false);
  presence.seen(1_000);
  for (let now = 1_020; now <= 2_000; now += 20) expect(presence.hasVanished(now, false)).toBe(false);
  expect(presence.hasVanished(2_020, false)).toBe(true);
});

test('a process that stood still does not blame its clients for it', () => {
  const presence = new Presence(1_000, 0);
  for (let now = 20; now <= 600; now += 20) presence.hasVanished(now, false);
  expect(presence.hasVanished(60_600, false)).toBe(false);
  expect(presence.hasVanished(60_900, false)).toBe(false);
  expect(presence.hasVanished(61_100, false)).toBe(true);
});

test('V6: a client that sends nothing and consents to be sent to has not vanished', () => {
  const presence = new Presence(40_000, 0);
  for (let now = 20; now <= 600_000; now += 20) expect(presence.hasVanished(now, true)).toBe(false);
});

test('W6: a caller without network for 30 s has not vanished, and one who does not come back has within 45 s', () => {
  const presence = new Presence(40_000, 0);
  const lostMs = 100_000;
  for (let now = 20; now <= lostMs; now += 20) presence.hasVanished(now, true);
  // Nothing comes any more; consent expires 30 s after the last check that was answered.
  const consentUntilMs = lostMs + 29_000;
  for (let now = lostMs + 20; now <= lostMs + 35_000; now += 20) {
    expect(presence.hasVanished(now, now <= consentUntilMs)).toBe(false);
  }
  const vanishedMs = firstMs(lostMs + 35_000, (now) => presence.hasVanished(now, false));
  expect(vanishedMs - lostMs).toBeLessThanOrEqual(45_000);
});

test('W6: what closes after a client that sends regularly has fallen silent was not closed by it', () => {
  const regular = new Presence(40_000, 0);
  for (let now = 1_000; now <= 10_000; now += 1_000) regular.seen(now);
  expect(regular.isOverdue(11_000)).toBe(false);
  expect(regular.isOverdue(22_600)).toBe(true);
  const quiet = new Presence(40_000, 0);
  quiet.seen(60_000);
  expect(quiet.isOverdue(72_600)).toBe(false);
});

test('a goodbye that waited for this process, which stalled, is a goodbye', () => {
  const presence = new Presence(40_000, 0);
  for (let now = 20; now <= 10_000; now += 20) {
    if (now % 1_000 === 0) presence.seen(now);
    presence.hasVanished(now, true);
  }
  expect(presence.isOverdue(24_000)).toBe(false);
});

test('a goodbye after a silence in which SCTP cannot have given up is one, of a browser that got no processor', () => {
  const presence = new Presence(40_000, 0);
  for (let now = 20; now <= 10_000; now += 20) presence.seen(now);
  expect(presence.isOverdue(17_500)).toBe(false);
  expect(presence.isOverdue(22_600)).toBe(true);
});

function firstMs(fromMs: number, holds: (nowMs: number) => boolean): number {
  for (let now = fromMs + 20; now <= fromMs + 100_000; now += 20) if (holds(now)) return now;
  throw new Error('it never held');
}
