import { isOver, nextCallState, type CallEvent, type CallState } from '../../../bot/call/call-state';

function after(...events: CallEvent[]): CallState {
  return events.reduce<CallState>(nextCallState, { kind: 'connecting' });
}

describe('the states of a call', () => {
  it('goes from connecting through the greeting to turns in both directions', () => {
    expect(after({ kind: 'greeting-asked' }).kind).toBe('greeting');
    expect(after({ kind: 'greeting-asked' }, { kind: 'bot-audible' }).kind).toBe('speaking');
    expect(after({ kind: 'greeting-asked' }, { kind: 'bot-audible' }, { kind: 'bot-silent' }).kind).toBe('listening');
  });

  it('greets once: asking again changes nothing', () => {
    const listening = after({ kind: 'greeting-asked' }, { kind: 'bot-audible' }, { kind: 'bot-silent' });
    expect(nextCallState(listening, { kind: 'greeting-asked' })).toBe(listening);
  });

  it('keeps the first reason to close, and closes once', () => {
    const state = after(
      { kind: 'close-asked', reason: 'too-long' },
      { kind: 'close-asked', reason: 'caller-left' },
      { kind: 'closed' },
      { kind: 'closed' },
    );
    expect(state).toEqual({ kind: 'closed', reason: 'too-long' });
  });

  it('never speaks again once it closes', () => {
    const closing = after({ kind: 'close-asked', reason: 'drained' });
    expect(nextCallState(closing, { kind: 'bot-audible' })).toBe(closing);
    expect(isOver(closing)).toBe(true);
  });

  it('cannot be closed without having been asked to', () => {
    expect(after({ kind: 'closed' }).kind).toBe('connecting');
  });
});
