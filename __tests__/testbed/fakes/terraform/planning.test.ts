import { apply, plan, read, unconfigurable } from '../../../../testbed/fakes/terraform/planning';
import type { BlockSchema } from '../../../../testbed/fakes/terraform/schema';
import { decodeValue, encodeValue, UNKNOWN, type Value } from '../../../../testbed/fakes/terraform/values';

const SCHEMA: BlockSchema = {
  optional: { name: 'string' },
  computed: { arn: 'string', ports: ['list', 'number'] },
  blocks: { rule: { nesting: 'list', block: { optional: { text: 'string' }, computed: { id: 'string' } } } },
};

describe('the stand-in for a provider', () => {
  const proposed = { name: 'a', arn: null, ports: null, rule: [{ id: null, text: 'x' }] };

  it('does not know computed values before apply, in nested blocks either', () => {
    expect(plan(SCHEMA, null, proposed)).toEqual({
      name: 'a',
      arn: UNKNOWN,
      ports: UNKNOWN,
      rule: [{ id: UNKNOWN, text: 'x' }],
    });
  });

  it('makes them up at apply, the same for the same resource and different for another', () => {
    const planned = plan(SCHEMA, null, proposed);
    const made = apply(SCHEMA, planned, 'aws_thing:1');
    expect(made).toMatchObject({
      name: 'a',
      arn: expect.stringMatching(/^arn:aws:offline:eu-north-1:123456789012:aws_thing\/[0-9a-f]{12}$/) as string,
      ports: [1],
      rule: [{ id: expect.stringMatching(/^offline-id-/) as string, text: 'x' }],
    });
    expect(apply(SCHEMA, planned, 'aws_thing:1')).toEqual(made);
    expect(apply(SCHEMA, planned, 'aws_thing:2')).not.toEqual(made);
  });

  it('has nothing to do when nothing changed, and keeps what it made when something did', () => {
    const state = apply(SCHEMA, plan(SCHEMA, null, proposed), 'aws_thing:1') as { [key: string]: never };
    expect(plan(SCHEMA, state, { ...state })).toEqual(state);
    expect(plan(SCHEMA, state, { ...state, name: 'b' as never })).toEqual({ ...state, name: 'b' });
  });

  it('plans and applies a destruction', () => {
    expect(plan(SCHEMA, proposed, null)).toBeNull();
    expect(apply(SCHEMA, null, 'x')).toBeNull();
  });

  it('refuses to be told what only it decides', () => {
    expect(unconfigurable(SCHEMA, { ...proposed, arn: 'x', rule: [{ id: 'y', text: 'x' }] })).toEqual([
      'arn',
      'rule.id',
    ]);
    expect(unconfigurable(SCHEMA, proposed)).toEqual([]);
  });

  it('answers look-ups by made-up values, three in a list, leaving what was asked as it was', () => {
    expect(read(SCHEMA, proposed, 'data')).toMatchObject({ name: 'a', ports: [1, 1, 1] });
  });
});

describe('values on the wire', () => {
  it('come back as they went, unknown ones and bytes included', () => {
    const value: Value = {
      text: 'ä',
      number: 1.5,
      big: 65_536,
      flag: true,
      nothing: null,
      list: [UNKNOWN, 'x'],
      bytes: Buffer.from([1, 2]),
    };
    expect(decodeValue(encodeValue(value))).toEqual(value);
  });

  it('may be unknown altogether, or nothing at all', () => {
    expect(decodeValue(encodeValue(UNKNOWN))).toBe(UNKNOWN);
    expect(decodeValue(new Uint8Array())).toBeNull();
  });

  it('may be unknown with a hint, as terraform sends since 1.6', () => {
    // Extension 12, fixext 1.
    expect(decodeValue(new Uint8Array([0xd4, 12, 0x80]))).toBe(UNKNOWN);
  });
});
