import type { Stop } from './stops';

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
const DOWNLINK = /webrtc\/(?:sender|pacer|paced-sender)\.ts$|protocol\/parse-output\.ts$|stream\/response-reader\.ts$/;

/**
 * Watches `forMs` of a call in which the caller sends and the bot is silent.
 * @returns the functions below `folder` that were on the stack whenever sound was handed on
 */
export async function stacksOf(folder: string, forMs: number): Promise<readonly Stop[]> {
  const seen = new Map<string, Stop & { times: number }>();
  const restore = SINKS.map(([object, method]) => {
    const original = Reflect.get(object, method) as (...args: unknown[]) => unknown;
    Reflect.set(object, method, function (this: unknown, ...args: unknown[]): unknown {
      const stack = stackBelow(folder);
      for (const stop of stack.some(({ file }) => DOWNLINK.test(file)) ? [] : stack) {
        const key = `${stop.file} ${stop.name}`;
        const known = seen.get(key);
        if (known === undefined) seen.set(key, { ...stop, times: 1 });
        else known.times += 1;
      }
      return original.apply(this, args);
    });
    return () => Reflect.set(object, method, original);
  });
  await new Promise((resolve) => setTimeout(resolve, forMs));
  for (const back of restore) back();
  const often = (forMs / FRAME_MS) * MIN_SHARE;
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
