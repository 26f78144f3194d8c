import type { FakeBedrock } from '../../../../../testbed/fakes/bedrock/server';
import type { OutputEvent, SonicClient } from '../../../../../testbed/clients/bedrock/sonic-client';

/** Speech that no scenario names, at 16 kHz unless said otherwise. */
export function murmur(ms: number, rateHz = 16_000): Int16Array {
  const step = 16_000 / rateHz;
  return Int16Array.from({ length: (ms * rateHz) / 1000 }, (_, i) =>
    Math.round(5000 * Math.sin((i * step) / 7) * Math.sin((i * step) / 900)),
  );
}

/** Two sentences that together take some twelve seconds to say. */
export const FIRST = `${'This sentence takes about six seconds to say out loud '.repeat(2).trim()}.`;
export const SECOND = `${'And so does this one that comes after the first one '.repeat(2).trim()}.`;
export const LONG = `Say exactly: "${FIRST} ${SECOND}"`;

export const MARKER = '{ "interrupted" : true }';

export const isAudio = (event: OutputEvent): boolean => event.name === 'audioOutput';

export function isText(content: string | RegExp): (event: OutputEvent) => boolean {
  return ({ name, body }) =>
    name === 'textOutput' &&
    (typeof content === 'string' ? body['content'] === content : content.test(String(body['content'])));
}

/** The stage of a `contentStart`, in whichever form it was given. */
function stageOf(fields: unknown): string[] {
  if (fields === undefined) return [];
  const given: unknown = typeof fields === 'string' ? JSON.parse(fields) : fields;
  return [(given as { generationStage: string }).generationStage];
}

/** Events but audio and usage, each as its name and what matters in it. */
export function shape(events: readonly OutputEvent[]): string[] {
  const text = (value: unknown): string[] => (typeof value === 'string' ? [value] : []);
  return events
    .filter(({ name }) => name !== 'audioOutput' && name !== 'usageEvent')
    .map(({ name, body }) =>
      [
        name.replace('content', '').replace('Output', ''),
        ...text(body['type']),
        ...text(body['role']),
        ...stageOf(body['additionalModelFields']),
        ...text(body['content']),
        ...text(body['stopReason']),
      ].join(' '),
    );
}

/** Speaks over the answer once some of it has come; what has come until then is `before`. */
export async function bargeIn(client: SonicClient): Promise<{ readonly before: number }> {
  await client.until(isAudio);
  const before = client.events.length;
  client.speak(murmur(600));
  return { before };
}

/** Lets a stand-in go on for a while: for what must not come, or only late. */
export async function beatsFor(sandbox: FakeBedrock, ms: number): Promise<void> {
  const untilMs = performance.now() + ms;
  await sandbox.waitForSession(() => performance.now() >= untilMs);
}
