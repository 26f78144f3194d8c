import { type Experiment, known } from '../experiment';
import type { Lab } from '../lab';
import type { LabStreamOptions } from '../lab-stream';
import { Ended, quoted, type Ending } from '../outcome';

const TAKEN_WITHIN_MS = 10_000;
const REFUSED_WITHIN_MS = 3_000;
const PLAIN = { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] };
const FULL = {
  ...PLAIN,
  title: 'Place',
  additionalProperties: false,
  properties: { place: { type: 'string', default: 'Paris' }, day: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
};

const toolWith = (schema: Readonly<Record<string, unknown>>): LabStreamOptions => ({
  mayBeRefused: true,
  tools: [{ name: 'get_weather', description: 'Says what the weather is in a place.', schema }],
});

/** How a stream with these schemas ends, if it does. */
function opened(lab: Lab, name: string, options: LabStreamOptions): Promise<Ending | undefined> {
  return lab.on(name, options, async (stream) => {
    stream.startAudio();
    stream.feed(160);
    const isSettled = (): true | undefined => (stream.isAccepted || stream.ending !== undefined ? true : undefined);
    await stream.until(isSettled, TAKEN_WITHIN_MS);
    return stream.endedWithin(REFUSED_WITHIN_MS);
  });
}

/** Tools whose schemas have what was seen to be refused, and one with `$schema` alone. */
export const schemas: Experiment = {
  name: 'schemas',
  asks: { schemas: 'which schemas of tools are taken' },
  needs: { seconds: 10, answers: 0, answerSeconds: 0, audioSeconds: 1, textTokens: 600 },
  when: 'together',
  run: async (lab) => {
    const full = await opened(lab, 'schema-full', toolWith(FULL));
    if (full === undefined)
      return [known('schemas', 'any', 'title, default, additionalProperties and null unions are taken')];
    const dollar = await opened(
      lab,
      'schema-dollar',
      toolWith({ ...PLAIN, $schema: 'https://json-schema.org/draft/2020-12/schema' }),
    );
    if (dollar === undefined) return [known('schemas', 'plain', `${quoted(full)}; $schema alone is taken`)];
    return [known('schemas', 'plain-without-dollar', `${quoted(dollar)} for $schema alone`)];
  },
};

/** NUL and half a surrogate pair in typed text. */
export const dirtyText: Experiment = {
  name: 'dirty-text',
  asks: { dirtyText: 'is text taken that holds NUL or half a surrogate pair' },
  needs: { seconds: 8, answers: 1, answerSeconds: 3, audioSeconds: 5 },
  when: 'together',
  run: (lab) =>
    lab.on('dirty-text', { mayBeRefused: true }, async (stream) => {
      await stream.accepted();
      stream.startAudio();
      stream.feed(160);
      stream.feeding = true;
      stream.type('Say exactly: "One\u0000 and \ud83d two."');
      const ending = await stream.endedWithin(5_000);
      return [
        ending === undefined ? known('dirtyText', 'accepted', '') : known('dirtyText', 'refused', quoted(ending)),
      ];
    }),
};

/** A stream on which nothing is sent for a while. */
export const headers: Experiment = {
  name: 'headers',
  asks: { headers: 'when do the response headers come' },
  needs: { seconds: 10, answers: 0, answerSeconds: 0, audioSeconds: 1 },
  when: 'together',
  run: (lab) =>
    lab.on('headers', { isSilent: true }, async (stream) => {
      const accepted = (): true | undefined => (stream.isAccepted ? true : undefined);
      if ((await stream.until(accepted, 3_000)) === true)
        return [known('headers', 'at-once', 'before anything was sent')];
      stream.sendOpening();
      stream.startAudio();
      stream.feed(160);
      const isTaken = await stream.until(accepted, 6_000);
      const saw = isTaken === true ? 'only once the prompt was started' : 'not even then, for 6 s';
      return [known('headers', 'after-opening', saw)];
    }),
};

const AT_ONCE = 21;

/** Twenty-one streams at the same time, those of other experiments among them. */
export const parallel: Experiment = {
  name: 'parallel',
  asks: { parallel: `are ${AT_ONCE} streams taken at the same time` },
  needs: { seconds: 10, answers: 0, answerSeconds: 0, audioSeconds: AT_ONCE, textTokens: AT_ONCE * 60 },
  when: 'alone',
  run: async (lab) => {
    const wanted = Math.max(1, AT_ONCE - lab.liveStreams);
    const open = async (index: number): Promise<Ending | undefined> => {
      try {
        return await opened(lab, `parallel-${index}`, { mayBeRefused: true });
      } catch (error) {
        if (error instanceof Ended) return error.ending;
        throw error;
      }
    };
    const endings = await Promise.all(Array.from({ length: wanted }, (_, index) => open(index)));
    const refused = endings.filter((ending) => ending !== undefined);
    const taken = AT_ONCE - refused.length;
    if (refused[0] === undefined) return [known('parallel', 'accepted', `${AT_ONCE} at once`)];
    return [known('parallel', 'refused', `${taken} were taken, then ${quoted(refused[0])}`)];
  },
};
