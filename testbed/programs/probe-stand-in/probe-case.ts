import { planOf } from '../../../ops/bedrock/probe/plan';
import { probe } from '../../../ops/bedrock/probe/probe';
import { readSpeech } from '../../../ops/bedrock/speech';
import { startFakeBedrock } from '../../fakes/bedrock';
import { fastClock } from '../../fast-clock';
import type { ProbeCase } from './cases';

const MODEL_ID = 'amazon.nova-2-5-sonic';
const REGION = 'eu-north-1';

/** What a probe said otherwise than it should have: `subject: variant (what it saw)`. */
export type Mistake = string;

/**
 * Probes a stand-in that behaves so, with both their clocks sped up, by the experiments that ask what is expected.
 * @param folder gets the report and the recordings
 */
export async function probeCase(
  { behaviours, expected }: ProbeCase,
  folder: string,
  speed: number,
): Promise<Mistake[]> {
  const sandbox = await startFakeBedrock({
    voice: 'tone',
    dialect: 'live',
    behaviours,
    region: REGION,
    speechScale: speed,
    timeScale: speed,
    keepAudioOf: 0,
  });
  const subjects = Object.keys(expected);
  const whole = planOf(MODEL_ID, { isQuick: false, withLife: true });
  const isAsked = (asks: Readonly<Record<string, string>>): boolean => subjects.some((subject) => subject in asks);
  const asked = whole.experiments.filter(({ asks, mayAsk }) => isAsked({ ...asks, ...mayAsk }));
  // What all streams answer together, any will do for; refusals and history come with these two.
  const ofAll = whole.experiments.filter(
    ({ name }) => name === 'tool-result' || name === 'history' || name === 'typed-unfed',
  );
  try {
    const { answers } = await probe({
      region: REGION,
      modelId: MODEL_ID,
      endpointUrl: sandbox.url,
      plan: { ...whole, experiments: asked.length === 0 ? ofAll : asked },
      voiceId: 'matthew',
      speech: readSpeech(),
      clock: fastClock(speed),
      http2: { connectTimeoutMs: 10_000 * speed, settingsTimeoutMs: 10_000 * speed, pingTimeoutMs: 10_000 * speed },
      signal: new AbortController().signal,
      folder,
      onDone: () => undefined,
    });
    return Object.entries(expected).flatMap(([subject, variant]) => {
      const answer = answers.find((one) => one.subject === subject);
      return answer?.variant === variant
        ? []
        : [`${subject}: ${answer?.variant ?? 'not known'} (${answer?.saw ?? 'not asked'})`];
    });
  } finally {
    await sandbox.close();
  }
}
