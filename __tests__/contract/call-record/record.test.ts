import { parseCallRecord, withoutContent } from '../../../contract/call-record';
import { A_CALL_RECORD } from '../../support/call-record';

describe('a call record', () => {
  it('is read as it was written', () => {
    expect(parseCallRecord(JSON.stringify(A_CALL_RECORD))).toEqual(A_CALL_RECORD);
  });

  it('of a later bot, with fields that this reader does not know, is read all the same', () => {
    const [turn] = A_CALL_RECORD.turns;
    const later = { ...A_CALL_RECORD, mood: 'kind', turns: [{ ...turn, mood: 'kind' }] };
    expect(parseCallRecord(JSON.stringify(later))).toEqual({ ...A_CALL_RECORD, turns: [turn] });
  });

  it.each([
    ['{', 'a call record must be JSON'],
    [JSON.stringify({ ...A_CALL_RECORD, version: 2 }), 'a call record: version invalid_value'],
    [JSON.stringify({ ...A_CALL_RECORD, turns: [{ by: 'caller', text: 'a secret' }] }), 'a call record: turns.0.'],
  ])('names the field that is wrong, and quotes nothing', (text, message) => {
    expect(() => parseCallRecord(text)).toThrow(message);
    expect(() => parseCallRecord(text)).not.toThrow('a secret');
  });

  it('without its content has all of how the call went', () => {
    const bare = withoutContent(A_CALL_RECORD);
    expect(JSON.stringify(bare)).not.toMatch(/Monday|Tuesday|Hello|09:00|2026-11-30/);
    expect(bare.turns.map(({ startMs }) => startMs)).toEqual(A_CALL_RECORD.turns.map(({ startMs }) => startMs));
    expect(bare.tools).toEqual([
      { name: 'find_slot', agent: 'clinic', startMs: 10_010, durationMs: 1_140, outcome: 'ok' },
    ]);
  });
});
