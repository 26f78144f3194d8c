import type { Recorded } from './result';

export type Mode = 'offline' | 'replay' | 'live' | 'deployed';

/** What a run says of itself, on every report. */
export interface RunAbout {
  readonly mode: Mode;
  /** Who played the model's part. */
  readonly model: string;
  /** Who judged what is said, and who played personas, by their ids; undefined: nobody. */
  readonly judge?: string;
  readonly simulator?: string;
  /** What it proves, and what not. */
  readonly proves: string;
}

/** @param dialect how the stand-in behaved */
export function offline(dialect: string): RunAbout {
  return {
    mode: 'offline',
    model: `stand-in, ${dialect}`,
    proves: 'the bot, its tools and its wiring; the model was scripted: says nothing of what Nova would do or say',
  };
}

const SAYS = { live: 'Nova', 'stand-in': 'the stand-in', written: 'who wrote them' } as const;

/** @param recordings those that were played; only those from AWS are Nova's */
export function replay(recordings: readonly Recorded[]): RunAbout {
  const parts = (['live', 'stand-in', 'written'] as const).flatMap((source) => {
    const own = recordings.filter((one) => one.source === source);
    if (own.length === 0) return [];
    const days = own.map(({ recordedAt }) => recordedAt.slice(0, 10)).toSorted();
    const [first = '', last = ''] = [days[0], days.at(-1)];
    const model = source === 'live' ? ` (${[...new Set(own.map(({ model: id }) => id))].join(', ')})` : '';
    return [
      `${own.length} ${own.length === 1 ? 'call' : 'calls'} of ${SAYS[source]}${model}, ${first === last ? first : `${first} to ${last}`}`,
    ];
  });
  const hasLive = recordings.some(({ source }) => source === 'live');
  return {
    mode: 'replay',
    model: `recordings: ${parts.join('; ') || 'none'}`,
    proves: `the bot, its tools and its wiring, against what was recorded; says nothing of ${hasLive ? "today's Nova, or of another wording" : 'what Nova would do or say'}`,
  };
}

/**
 * @param recordings of the calls that were held: they say who answered
 * @param usd what it cost
 */
export function live(recordings: readonly Recorded[], usd: number): RunAbout {
  const [first] = recordings;
  const who = first === undefined ? 'nobody answered' : `${SAYS[first.source]}, ${first.model}`;
  const day = first?.recordedAt.slice(0, 10) ?? '';
  return {
    mode: 'live',
    model: `${who}; about ${usd.toFixed(2)} USD`,
    proves:
      first?.source === 'live'
        ? `what the agent did in ${recordings.length} calls with Nova on ${day}, and how often; says nothing of another day or wording`
        : 'the bot and this harness; no model of an account answered: says nothing of what Nova would do or say',
  };
}

/** @param url of the bot, which was called on this day, as of ISO 8601 */
export function deployed(url: string, day: string): RunAbout {
  return {
    mode: 'deployed',
    model: `whichever ${url} has`,
    proves: `what callers of ${url} heard and were told on ${day}; says nothing of its log, its tools' services, or another day`,
  };
}
