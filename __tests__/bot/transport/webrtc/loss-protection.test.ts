import { LossProtection } from '../../../../bot/transport/webrtc/loss-protection';

test('a voice is protected from the first report of loss on, until four in a row have told of next to none', () => {
  const protection = new LossProtection();
  const after = (share: number): boolean => {
    protection.reported(share);
    return protection.isNeeded;
  };
  expect(protection.isNeeded).toBe(false);
  expect([0, 0.01, 0.05, 0, 0, 0.03, 0, 0.01, 0, 0, 0].map(after)).toEqual(
    [false, false, true, true, true, true, true, true, true, false, false], // prettier-ignore
  );
});
