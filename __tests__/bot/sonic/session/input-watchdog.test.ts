import { InputWatchdog } from '../../../../bot/sonic/session/input-watchdog';

const SPOKEN_AT_MS = 10_000;

/** A caller who has said a word of 700 ms and is silent since. */
function afterAWord(): InputWatchdog {
  const watchdog = new InputWatchdog({ deafAfterMs: 3_000, provenDeafAfterMs: 6_000 });
  watchdog.onAudio(700, 'speaking', SPOKEN_AT_MS, true);
  watchdog.onAudio(20, 'silent', SPOKEN_AT_MS, true);
  return watchdog;
}

describe('InputWatchdog', () => {
  it('does not take a caller for long silent whom the model has heard just now', () => {
    const watchdog = afterAWord();
    watchdog.onSent(1_400);
    watchdog.onHeard();
    watchdog.onSent(1_400);
    expect(watchdog.isSilentFor(1_500)).toBe(false);
    watchdog.onSent(100);
    expect(watchdog.isSilentFor(1_500)).toBe(true);
  });

  it('measures silence by what the model was sent, and from the last voice on', () => {
    const watchdog = afterAWord();
    expect(watchdog.isSilentFor(1_500)).toBe(false);
    watchdog.onSent(1_500);
    expect(watchdog.isSilentFor(1_500)).toBe(true);
    watchdog.onAudio(20, 'speaking', SPOKEN_AT_MS, true);
    expect(watchdog.isSilentFor(1_500)).toBe(false);
    watchdog.onSent(1_500);
    expect(watchdog.isSilentFor(1_500)).toBe(false);
  });

  it('knows that the caller waits until the model reacts', () => {
    const watchdog = afterAWord();
    expect(watchdog.isCallerPending(SPOKEN_AT_MS + 3_999)).toBe(true);
    expect(watchdog.isCallerPending(SPOKEN_AT_MS + 4_000)).toBe(false);
    watchdog.onAnswering();
    expect(watchdog.isCallerPending(SPOKEN_AT_MS)).toBe(false);
  });
});
