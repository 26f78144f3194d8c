import { requireDestination } from '../../../bot/phone/outgoing/destination';

const CALLEE = '+14155550177';

describe('phone 20: a destination', () => {
  it.each([
    ['911', 'emergency'],
    ['+112', 'emergency'],
    ['+1911', 'emergency'],
    ['+46112', 'emergency'],
    ['+881612345678', 'satellite'],
    ['+870773123456', 'satellite'],
    ['+19005550100', 'premium'],
    ['+14159765555', 'premium'],
    ['+449098790000', 'premium'],
    ['+979123456789', 'premium'],
    ['+18765550100', 'USA and Canada'],
    ['4155550177', 'E.164'],
    ['+1415555017x', 'E.164'],
    ['+33155550177', 'begins with none'],
    ['00441134960000', 'E.164'],
    ['+1 415 555 0177', 'E.164'],
    ['+1415555٠177', 'E.164'],
    ['\uff0b14155550177', 'E.164'],
    ['+14155550177,,911#', 'E.164'],
    ['+14155550177\n', 'E.164'],
    ['+14155550177;phone-context=x', 'E.164'],
    ['sip:+14155550177@example.com', 'E.164'],
    ['+141591155', 'North America'],
    ['+14159110177', 'North America'],
    ['+19115550100', 'North America'],
    ['+44118500', 'premium'],
    ['+351760123456', 'premium'],
    ['+420909123456', 'premium'],
    ['+3531550123456', 'premium'],
  ])('%s is refused: %s', (to, why) => {
    expect(() => requireDestination(to, ['+1', '+44', '+46', '+881', '+870', '+979'])).toThrow(why);
  });

  it('is called where a prefix allows it', () => {
    expect(() => requireDestination(CALLEE, ['+1415'])).not.toThrow();
    expect(() => requireDestination('+18765550100', ['+1', '+1876'])).not.toThrow();
    expect(() => requireDestination('+35315550100', ['+353'])).not.toThrow();
    expect(() => requireDestination('+441189600100', ['+44'])).not.toThrow();
  });
});
