import type { Session } from 'node:inspector/promises';
import { enteredWhile, type Stop } from './stops';

/** Builtins through which sound leaves one function for another: copied, encoded, or appended. */
const SINKS: readonly (readonly [object: object, method: string])[] = [
  [Object.getPrototypeOf(Int16Array.prototype) as object, 'set'],
  [Buffer.prototype, 'toString'],
  [Buffer.prototype, 'write'],
  [Buffer.prototype, 'copy'],
];
/** A function seen on fewer stacks than this share of the frames is no part of every frame's path. */
const MIN_SHARE = 0.5;
const FRAME_MS = 32;
/** The other direction: what sends the bot's voice, and what reads the model's. */
const DOWNLINK = /webrtc\/(?:sender|pacer|paced-sender)\.ts$|protocol\/parse-output\.ts$/;
/** Between the encoded frame and HTTP/2 the SDK pulls, so that no stack shows the whole way. */
const PULLED = 'sonic/stream/';
/** There, too, but the other direction: the loop that reads the model's events. */
const OUTPUT_LOOP = '#run';

/**
 * Watches `forMs` of a call in which the caller sends and the bot is silent.
 * @returns the functions below `folder` that were on the stack whenever sound was handed on
 */
export async function stacksOf(session: Session, folder: string, forMs: number): Promise<readonly Stop[]> {
  const seen = new Map<string, Stop & { times: number }>();
  const restore = SINKS.map(([object, method]) => {
    const original = Reflect.get(object, method) as (...args: unknown[]) => unknown;
    Reflect.set(object, method, function (this: unknown, ...args: unknown[]): unknown {
      const stack = stackBelow(folder);
      for (const stop of stack.some(
        ({ file, name }) => DOWNLINK.test(file) || (name === OUTPUT_LOOP && file.includes(PULLED)),
      )
        ? []
        : stack) {
        const key = `${stop.file} ${stop.name}`;
        const known = seen.get(key);
        if (known === undefined) seen.set(key, { ...stop, times: 1 });
        else known.times += 1;
      }
      return original.apply(this, args);
    });
    return () => Reflect.set(object, method, original);
  });
  const entered = await enteredWhile(session, folder, () => new Promise((resolve) => setTimeout(resolve, forMs)));
  for (const back of restore) back();
  const often = (forMs / FRAME_MS) * MIN_SHARE;
  const pulled = entered.functions.filter(
    ({ file, name, times }) => file.includes(PULLED) && name !== OUTPUT_LOOP && times >= often,
  );
  for (const stop of pulled) seen.set(`${stop.file} ${stop.name}`, stop);
  return [...seen.values()].filter(({ times }) => times >= often);
}

/** The functions below `folder` on the stack, outermost first. */
function stackBelow(folder: string): Stop[] {
  const former = { ...Error };
  Error.stackTraceLimit = 50;
  Error.prepareStackTrace = (_error, sites) =>
    sites.map((site) => ({
      file: (site.getFileName() ?? '').replace('file://', ''),
      name: site.getFunctionName() ?? `(anonymous, line ${site.getLineNumber()})`,
    }));
  const stops = new Error().stack as unknown as Stop[];
  Object.assign(Error, { prepareStackTrace: undefined }, former);
  return stops.filter(({ file }) => file.startsWith(folder)).reverse();
}
