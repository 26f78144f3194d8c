import { ResponseWatchdog } from '../../../../bot/sonic/session/response-watchdog';
import { ReconnectBudget } from '../../../../bot/sonic/session/reconnect-budget';
import { SpokenQuestion } from '../../../../bot/sonic/session/spoken-question';
import { ToolLedger } from '../../../../bot/sonic/session/tool-ledger';

describe('ReconnectBudget', () => {
  const rules = {
    reconnectAttempts: 3,
    openAttempts: 1,
    reconnectWindowMs: 30_000,
    reconnectDelayMs: 200,
    reconnectMaxDelayMs: 1_000,
  };

  it('doubles the pause and allows three attempts in thirty seconds', () => {
    const budget = new ReconnectBudget(rules, () => 1);
    expect([0, 1_000, 2_000, 3_000].map((atMs) => budget.take(atMs))).toEqual([200, 400, 800, undefined]);
    expect(budget.take(29_999)).toBeUndefined();
    expect(budget.take(30_000)).toBe(800);
  });

  it('begins anew when the window has passed', () => {
    const budget = new ReconnectBudget(rules, () => 1);
    budget.take(0);
    expect(budget.take(480_000)).toBe(200);
  });

  it('jitters down to half, so that calls do not come back together', () => {
    expect(new ReconnectBudget(rules, () => 0).take(0)).toBe(100);
  });
});

describe('ToolLedger', () => {
  it('lets each request be answered once', () => {
    const ledger = new ToolLedger();
    expect(ledger.request('t1', 'get_time')).toBe(true);
    expect(ledger.hasPending).toBe(true);
    expect(ledger.answer('t1')).toEqual({ kind: 'send' });
    expect(ledger.answer('t1')).toEqual({ kind: 'duplicate' });
    expect(ledger.answer('never')).toEqual({ kind: 'unknown' });
    expect(ledger.hasPending).toBe(false);
  });

  it('passes a request on once though the model repeats it', () => {
    const ledger = new ToolLedger();
    ledger.request('t1', 'get_time');
    expect(ledger.request('t1', 'get_time')).toBe(false);
    ledger.answer('t1');
    expect(ledger.request('t1', 'get_time')).toBe(false);
  });

  it('passes no request on again while its answer is being worked on, though another stream makes it', () => {
    const ledger = new ToolLedger();
    ledger.request('t1', 'get_time');
    ledger.orphanPending();
    expect(ledger.request('t1', 'get_time')).toBe(false);
    expect(ledger.answer('t1')).toEqual({ kind: 'send' });
  });

  it('knows that the stream which asked is gone', () => {
    const ledger = new ToolLedger();
    ledger.request('t1', 'get_time');
    ledger.orphanPending();
    expect(ledger.hasPending).toBe(false);
    expect(ledger.answer('t1')).toEqual({ kind: 'late', isRequestedAnew: false });
    expect(ledger.answer('t1')).toEqual({ kind: 'duplicate' });
  });

  it('knows whether the next stream has requested the tool, too; two requests of one stream are not that', () => {
    const ledger = new ToolLedger();
    for (const id of ['paris', 'rome']) ledger.request(id, 'get_weather');
    ledger.orphanPending();
    expect(ledger.answer('paris')).toMatchObject({ isRequestedAnew: false });
    ledger.request('rome again', 'get_weather');
    expect(ledger.answer('rome')).toMatchObject({ isRequestedAnew: true });
  });

  it('stays small over a call of many tool uses', () => {
    const ledger = new ToolLedger();
    for (let i = 0; i < 1_000; i += 1) ledger.request(`t${i}`, 'get_time');
    expect(ledger.answer('t0')).toEqual({ kind: 'unknown' });
    expect(ledger.answer('t999')).toEqual({ kind: 'send' });
  });
});

describe('ResponseWatchdog', () => {
  const rules = { firstEventMs: 10_000, stuckTurnMs: 15_000, starvedMs: 4_000 };
  const code = (watch: ResponseWatchdog, nowMs: number, isToolPending = false) => {
    const overdue = watch.check(nowMs, isToolPending);
    return overdue?.kind === 'stream-dead' ? overdue.failure.error.code : overdue?.kind;
  };

  it('lets a model that nobody asked be silent for ever', () => {
    expect(code(new ResponseWatchdog(rules), 1e9)).toBeUndefined();
  });

  it('notices a model that was asked and says nothing', () => {
    const watch = new ResponseWatchdog(rules);
    watch.onAsked(0);
    watch.onAsked(9_000);
    expect(code(watch, 9_999)).toBeUndefined();
    expect(code(watch, 10_000)).toBe('model_silent');
  });

  it('is content with any event', () => {
    const watch = new ResponseWatchdog(rules);
    watch.onAsked(0);
    watch.onOutput(5_000, 'nothing');
    expect(code(watch, 1e9)).toBeUndefined();
  });

  it('notices silence in the middle of an answer, from its last event', () => {
    const watch = new ResponseWatchdog(rules);
    watch.onOutput(0, 'rest-of-block');
    watch.onOutput(10_000, 'rest-of-block');
    expect(code(watch, 24_999)).toBeUndefined();
    expect(code(watch, 25_000)).toBe('model_stalled');
  });

  it('takes silence between two blocks for the end of the answer, not of the stream', () => {
    const watch = new ResponseWatchdog(rules);
    watch.onOutput(0, 'more-of-turn');
    expect(code(watch, 14_999)).toBeUndefined();
    expect(code(watch, 15_000)).toBe('turn-over');
  });

  it('waits for a tool without limit, and for the model after it', () => {
    const watch = new ResponseWatchdog(rules);
    watch.onOutput(0, 'nothing');
    expect(code(watch, 60_000, true)).toBeUndefined();
    watch.onToolAnswered(60_000);
    expect(code(watch, 69_999)).toBeUndefined();
    expect(code(watch, 70_000)).toBe('model_silent');
  });
});

describe('SpokenQuestion', () => {
  it('is open from the asking to the end of the answer', () => {
    const question = new SpokenQuestion();
    expect(question.isOpen).toBe(false);
    question.asked();
    question.answering();
    expect(question.isOpen).toBe(true);
    question.answered();
    expect(question.isOpen).toBe(false);
  });

  it('stays open when the caller asked another while the first was being answered', () => {
    const question = new SpokenQuestion();
    question.asked();
    question.answering();
    question.asked();
    question.answered();
    expect(question.isOpen).toBe(true);
  });

  it('knows an echo of typed text, once', () => {
    const question = new SpokenQuestion();
    question.typed('  Greet the\ncaller. ');
    expect(question.isEcho('Greet the caller.')).toBe(true);
    expect(question.isEcho('Greet the caller.')).toBe(false);
    expect(question.isEcho('Something else')).toBe(false);
  });
});
