import { pageIn } from '../../contract/languages/page';
import { INITIAL_STATE, isInCall, medianMs, reduce, type CallEvent, type State } from '../../client/state';
import { statusWords } from '../../client/words';

const ENGLISH = pageIn('en');

const LIVE: readonly CallEvent[] = [
  { type: 'starting', step: 'microphone', microphone: true },
  { type: 'starting', step: 'agent', microphone: true },
  { type: 'starting', step: 'media', microphone: true },
  { type: 'live', atMs: 1_000 },
];

function after(...events: readonly CallEvent[]): State {
  return events.reduce(reduce, INITIAL_STATE);
}

function live(...events: readonly CallEvent[]): State {
  return after(...LIVE, ...events);
}

/** What the page's status says after each event. */
function story(...events: readonly CallEvent[]): string[] {
  const words: string[] = [];
  let state = INITIAL_STATE;
  for (const event of events) {
    state = reduce(state, event);
    words.push(statusWords(state, ENGLISH));
  }
  return words;
}

const newSentence = (segmentId: number, text: string): CallEvent => ({
  type: 'bot-output',
  report: { segmentId, text, status: 'new', heard: '' },
});

describe('a call, in words', () => {
  it('goes from the microphone to a conversation', () => {
    const told = story(
      ...LIVE,
      { type: 'bot-thinking' },
      { type: 'bot-started-speaking', atMs: 2_000 },
      { type: 'bot-turn-over' },
      { type: 'bot-stopped-speaking' },
      { type: 'caller-started-speaking' },
      { type: 'caller-stopped-speaking', atMs: 5_000 },
      { type: 'lookup-started' },
      { type: 'lookup-stopped' },
      { type: 'bot-started-speaking', atMs: 6_000 },
      { type: 'hanging-up' },
      { type: 'disconnected' },
    );

    expect(told).toEqual([
      'Waiting for your microphone…',
      'Calling…',
      'Connecting…',
      'Connected',
      'Thinking…',
      'Speaking',
      'Speaking',
      'Listening',
      'Hearing you',
      'Thinking…',
      'Looking something up…',
      'Thinking…',
      'Speaking',
      'Hanging up…',
      'Call ended',
    ]);
  });

  it('is speaking at once when the greeting is faster than the last step of the connection', () => {
    const state = after(LIVE[0]!, { type: 'bot-started-speaking', atMs: 900 }, { type: 'live', atMs: 1_000 });

    expect(statusWords(state, ENGLISH)).toBe('Speaking');
  });

  it('listens again when an answer turns out to have no words', () => {
    expect(statusWords(live({ type: 'bot-thinking' }, { type: 'bot-turn-over' }), ENGLISH)).toBe('Listening');
  });

  it('says that the caller is muted while it waits for the caller', () => {
    const muted = live(
      { type: 'bot-turn-over' },
      { type: 'bot-thinking' },
      { type: 'bot-turn-over' },
      { type: 'mute-changed', muted: true },
    );

    expect(statusWords(muted, ENGLISH)).toBe('You are muted');
    expect(statusWords(reduce(muted, { type: 'mute-changed', muted: false }), ENGLISH)).toBe('Listening');
  });

  it('tells of a broken network, and of its mending', () => {
    const broken = live({ type: 'network', network: 'broken' });

    expect(statusWords(broken, ENGLISH)).toBe('Reconnecting…');
    expect(statusWords(reduce(broken, { type: 'network', network: 'good' }), ENGLISH)).toBe('Connected');
  });

  it('shows the server’s notice until the server takes it back', () => {
    const noticed = live({ type: 'notice', text: 'Reconnecting to the model' });

    expect(statusWords(noticed, ENGLISH)).toBe('Reconnecting to the model');
    expect(statusWords(reduce(noticed, { type: 'notice', text: undefined }), ENGLISH)).toBe('Connected');
  });
});

it('knows whether the call is recorded, once the server says so', () => {
  const recorded = live({ type: 'recording', isOn: true });

  expect([live().isRecorded, recorded.isRecorded]).toEqual([undefined, true]);
  expect(reduce(recorded, { type: 'recording', isOn: true })).toBe(recorded);
  expect(reduce(recorded, { type: 'recording', isOn: false }).isRecorded).toBe(false);
});

describe('breaking in', () => {
  const speaking = [newSentence(0, 'A long story.'), { type: 'bot-started-speaking', atMs: 2_000 }] as const;

  function progress(state: State): string | undefined {
    const line = state.transcript.lines.find((one) => one.kind === 'bot');
    return line?.kind === 'bot' ? line.sentences[0]?.progress : undefined;
  }

  it('by voice cuts what the bot had still to say once the bot stops', () => {
    const state = live(...speaking, { type: 'caller-started-speaking' });

    expect(progress(state)).toBe('ahead');
    expect(progress(reduce(state, { type: 'bot-stopped-speaking' }))).toBe('cut');
  });

  it('by typing does so, too', () => {
    const state = live(...speaking, { type: 'caller-typed', text: 'stop' }, { type: 'bot-stopped-speaking' });

    expect(progress(state)).toBe('cut');
  });

  it('did not happen when the bot pauses by itself', () => {
    expect(progress(live(...speaking, { type: 'bot-stopped-speaking' }))).toBe('ahead');
  });

  it('did not happen when the caller spoke only before this answer', () => {
    const state = live({ type: 'caller-started-speaking' }, ...speaking, { type: 'bot-stopped-speaking' });

    expect(progress(state)).toBe('ahead');
  });
});

describe('latency', () => {
  const turn = (stoppedAtMs: number, answeredAtMs: number): CallEvent[] => [
    { type: 'caller-stopped-speaking', atMs: stoppedAtMs },
    { type: 'bot-started-speaking', atMs: answeredAtMs },
    { type: 'bot-stopped-speaking' },
  ];

  it('is measured from the end of the caller’s words to the answer', () => {
    expect(live(...turn(1_000, 1_800), ...turn(5_000, 5_600)).latenciesMs).toEqual([800, 600]);
  });

  it('is the server’s where it reports one, counted once', () => {
    const state = live(
      { type: 'latency', ms: 700 },
      { type: 'caller-stopped-speaking', atMs: 1_000 },
      { type: 'bot-started-speaking', atMs: 1_800 },
      { type: 'latency', ms: 900 },
    );

    expect(state.latenciesMs).toEqual([700, 900]);
  });

  it('does not count the greeting, nor an answer after the caller went on', () => {
    const state = live(
      { type: 'bot-started-speaking', atMs: 500 },
      { type: 'bot-stopped-speaking' },
      { type: 'caller-stopped-speaking', atMs: 1_000 },
      { type: 'caller-started-speaking' },
      { type: 'bot-started-speaking', atMs: 2_000 },
    );

    expect(state.latenciesMs).toEqual([]);
  });

  it('leaves out what cannot be one', () => {
    const odd = [Number.NaN, -5, 60_000].map((ms) => ({ type: 'latency', ms }) as const);

    expect(live(...odd).latenciesMs).toEqual([]);
  });

  it('has a median that one slow answer does not move', () => {
    const state = live(...[500, 600, 9_000].map((ms) => ({ type: 'latency', ms }) as const));

    expect(medianMs(state.latenciesMs)).toBe(600);
    expect(medianMs(INITIAL_STATE.latenciesMs)).toBeUndefined();
  });

  it('has the parts that the server told of the newest, and none of an older one', () => {
    const parts = { endpointingMs: 480, modelMs: 300, playoutMs: 20 };
    const state = live({ type: 'latency', ms: 800, parts });

    expect(state.latencyParts).toEqual(parts);
    expect(reduce(state, { type: 'latency', ms: 700 }).latencyParts).toBeUndefined();
    expect(reduce(state, { type: 'latency', ms: -1 }).latencyParts).toEqual(parts);
  });
});

describe('an interruption', () => {
  it('is shown with how long the agent took to be silent, where that can be', () => {
    expect(live({ type: 'barge-in', ms: 390 }, { type: 'barge-in', ms: Number.NaN }).bargeInsMs).toEqual([390]);
  });
});

describe('the end of a call', () => {
  const announced: CallEvent = { type: 'call-ending', reason: 'too-long', text: undefined };

  it('is the caller’s own when the caller hung up, whatever was announced', () => {
    const state = live(announced, { type: 'hanging-up' }, { type: 'disconnected' });

    expect(state.phase).toEqual({ kind: 'ended', ending: { kind: 'hung-up' } });
  });

  it('is the agent’s when the agent announced it or left', () => {
    expect(live(announced, { type: 'bot-left' }, { type: 'disconnected' }).phase).toEqual({
      kind: 'ended',
      ending: { kind: 'by-agent', reason: 'too-long', text: undefined },
    });
    expect(live({ type: 'bot-left' }, { type: 'disconnected' }).phase).toMatchObject({ ending: { kind: 'by-agent' } });
  });

  it('is a lost connection when nobody said anything', () => {
    expect(live({ type: 'disconnected' }).phase).toEqual({ kind: 'ended', ending: { kind: 'lost' } });
  });

  it('leaves nothing behind when the call was given up before it began', () => {
    const state = after(LIVE[0]!, { type: 'hanging-up' }, { type: 'disconnected' });

    expect(state.phase).toEqual({ kind: 'idle' });
  });

  it('comes once: a late disconnection changes nothing', () => {
    const ended = live({ type: 'disconnected' });

    expect(reduce(ended, { type: 'disconnected' })).toBe(ended);
  });

  it('keeps the words, and the next call begins without them', () => {
    const ended = live({ type: 'caller-typed', text: 'hello' }, { type: 'disconnected' });

    expect(ended.transcript.lines).toHaveLength(1);
    expect(reduce(ended, LIVE[0]!).transcript.lines).toHaveLength(0);
  });
});

describe('a call that does not begin', () => {
  const busy = { kind: 'busy', detail: undefined } as const;

  it('fails with its problem', () => {
    const state = after(LIVE[0]!, { type: 'start-failed', problem: { kind: 'microphone-denied' } });

    expect(state.phase).toEqual({ kind: 'failed', problem: { kind: 'microphone-denied' } });
    expect(isInCall(state)).toBe(false);
  });

  it('waits for a free line until the caller gives up', () => {
    const waiting = after(
      LIVE[0]!,
      { type: 'start-failed', problem: busy },
      { type: 'retry-in', problem: busy, secondsLeft: 8 },
    );

    expect(waiting.phase).toEqual({ kind: 'waiting', problem: busy, secondsLeft: 8 });
    expect(reduce(waiting, { type: 'given-up' }).phase).toEqual({ kind: 'idle' });
  });

  it('remembers that there was to be no microphone', () => {
    expect(after({ type: 'starting', step: 'agent', microphone: false }).microphone).toBe(false);
  });

  it('is not brought to life by events of a call that is over', () => {
    const failed = after(LIVE[0]!, { type: 'start-failed', problem: busy });

    expect(reduce(failed, { type: 'caller-started-speaking' }).phase).toEqual(failed.phase);
    expect(reduce(failed, { type: 'network', network: 'broken' }).phase).toEqual(failed.phase);
  });
});
