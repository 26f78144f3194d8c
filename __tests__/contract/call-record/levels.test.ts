import { checkAgent } from '../../../contract/agent';
import {
  type ConsentOutcome,
  consentAtFirst,
  keepsAt,
  levelInForce,
  RECORD_LEVELS,
  recordsRule,
} from '../../../contract/call-record';

describe('what an agent keeps of its calls', () => {
  it('is how they went, where it says nothing', () => {
    expect(recordsRule()).toEqual({ level: 'metadata', consent: 'announce', toolContent: false });
  });

  it('has everything of the levels below', () => {
    expect(RECORD_LEVELS.filter((level) => keepsAt(level, 'transcript'))).toEqual(['transcript', 'recording']);
  });

  it.each([
    ['not-needed', 'recording'],
    ['pending', 'metadata'],
    ['announced', 'recording'],
    ['agreed', 'recording'],
    ['refused', 'metadata'],
    ['stopped', 'metadata'],
  ] as const)('is, where consent is %s, %s', (outcome: ConsentOutcome, level) => {
    expect(levelInForce('recording', outcome)).toBe(level);
    expect(levelInForce('none', outcome)).toBe('none');
  });

  it.each([
    [{}, 'not-needed'],
    [{ level: 'transcript' }, 'pending'],
    [{ level: 'recording', consent: 'ask' }, 'pending'],
    [{ level: 'recording', consent: 'none' }, 'not-needed'],
  ] as const)('of %j begins with consent %s', (rule, outcome) => {
    expect(consentAtFirst(recordsRule(rule))).toBe(outcome);
  });

  it.each([
    [{ level: 'everything' }, 'agents/clinic: records.level must be right'],
    [{ keep: true }, 'agents/clinic: records must not have keep, which nothing reads'],
    [
      { toolContent: true },
      'agents/clinic: records must have the level transcript or recording where toolContent is true',
    ],
  ])('is checked: %j', (records, problem) => {
    expect(checkAgent('clinic', { prompt: 'Hello.', records })).toEqual([expect.stringContaining(problem)]);
  });

  it('is good where the words are kept that tools are told', () => {
    const records = { level: 'transcript', consent: 'ask', toolContent: true };
    expect(checkAgent('clinic', { prompt: 'Hello.', records })).toEqual([]);
  });
});
