import { OpsError } from '../../../ops/cli/ops-error';
import { emittedBy, estimate } from '../../../ops/costs/estimate';
import { type PriceList, parsePrices, priceOf, readPrices } from '../../../ops/costs/prices';
import { type Emitted, standingCosts } from '../../../ops/costs/standing';
import { isUnpriced, tasksFor } from '../../../ops/costs/usage';
import { parseSettings } from '../../../stacks/settings-file';
import { variants } from '../../stacks/support/environments';

const list: PriceList = readPrices();
const settingsOf = (name: string) =>
  parseSettings(`${name}.json`, JSON.stringify({ ...variants()[name], environment: name }));

/** What an environment emits, by its name: made once. */
const emitted = new Map<string, Emitted[]>();
function emittedOf(name: string): Emitted[] {
  const known = emitted.get(name) ?? emittedBy(settingsOf(name), []);
  emitted.set(name, known);
  return known;
}

describe('A16: what a month costs', () => {
  it.each(Object.keys(variants()))('is computed from every resource of %s, and forgets none', (name) => {
    const [idle, busy] = estimate(settingsOf(name), [], list, [0, 100_000], emittedOf(name));
    expect(idle!.usd).toBeGreaterThan(5);
    expect(busy!.usd - idle!.usd).toBeGreaterThan(name === 'small' ? 500 : 1_000);
  });

  it('has one query a day over all records where they are a table, by what it reads', () => {
    const costOf = (name: string, minutes: number) =>
      estimate(settingsOf(name), [], list, [minutes], emittedOf(name))[0]!.lines.find(({ what }) =>
        what.startsWith('queries over records'),
      )?.usd;
    expect(costOf('abcdefghijkl', 0)).toBeCloseTo(30 * 10e6 * 5e-12);
    expect(costOf('abcdefghijkl', 100_000)).toBeCloseTo(0.06);
    expect(costOf('test', 100_000)).toBeUndefined();
  });

  it('has what was once forgotten: alarms, metrics, insights, endpoints and a NAT gateway a zone', () => {
    const what = standingCosts(emittedOf('prod'), list).map((line) => line.what);
    expect(what).toEqual(
      expect.arrayContaining([
        'NAT gateways (3)',
        'interface endpoints (4)',
        'Container Insights',
        expect.stringMatching(/^counted metrics \(\d+\)$/) as string,
        expect.stringMatching(/^alarms \(\d+\)$/) as string,
      ]),
    );
  });

  it("counts a telephone's line where its prices are known, and says where they are not", () => {
    const settings = settingsOf('abcdefghijkl');
    const price = (usd: number) => ({ usd, unit: 'month', of: 'telephone' });
    const known = { ...list, prices: { ...list.prices, phoneNumberMonth: price(2), phoneMinute: price(0.01) } };
    const lines = (prices: PriceList) =>
      estimate(settings, [], prices, [1_000], emittedOf('abcdefghijkl'))[0]!.lines.filter(({ what }) =>
        what.startsWith('telephone'),
      );
    expect(lines(known)).toEqual([
      { what: 'telephone numbers (2)', usd: 4 },
      { what: 'telephone line, of all calls', usd: 10 },
    ]);
    expect([lines(list), isUnpriced(settings, list), isUnpriced(settings, known)]).toEqual([[], true, false]);
    expect(isUnpriced(settingsOf('prod'), list)).toBe(false);
  });

  it('has neither Daily nor a NAT gateway where callers come straight to a task', () => {
    const whatOf = (name: string) =>
      estimate(settingsOf(name), [], list, [1_000], emittedOf(name))[0]!.lines.map(({ what }) => what);
    expect(whatOf('small').filter((what) => /Daily|NAT/.test(what))).toEqual([]);
    expect(whatOf('test').filter((what) => /Daily|NAT/.test(what))).toEqual(['NAT gateways', 'model and Daily']);
  });

  it('stops at a resource that has no price and is not known to be free', () => {
    expect(() => standingCosts([{ type: 'aws_rds_cluster', attributes: {} }], list)).toThrow('aws_rds_cluster');
  });

  it.each([
    ['call: 1', 'mine.json is no price list: it: '],
    ['{"call":{"botSpeaksPercent":"many"}}', 'mine.json is no price list: call.botSpeaksPercent: '],
  ])('says of a file that is no price list where that is wrong: %s', (text, message) => {
    expect(() => parsePrices(text, 'mine.json')).toThrow(message);
    expect(() => parsePrices(text, 'mine.json')).toThrow(OpsError);
  });

  it('says which price a list lacks', () => {
    expect(() => priceOf({ ...list, prices: {} }, 'nova.input')).toThrow(
      new OpsError('values_invalid', 'The price list has no price called nova.input'),
    );
  });

  it('takes as many tasks as the scaling asks for at the busiest hour, within the bounds of the settings', () => {
    const prod = settingsOf('prod');
    expect([0, 100_000, 1e9].map((minutes) => tasksFor(minutes, prod, list))).toEqual([2, 2, 20]);
  });
});
