import type { Random } from './random';

/* Changes to valid inputs: most of an input stays as it is, so that it comes far before it is refused. */

const NUMBERS = [0, -0, -1, 1, 255, 65_535, 65_536, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 63), 1.5, 1e308, 1e-320] as const;
const TEXTS = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u202e',
  '\u001b[2J',
  '__proto__',
  'constructor',
  'null',
  '-1',
  '%s%n',
  '../../etc/passwd',
  '\r\n\r\n',
  '🎧'.repeat(50),
  'x'.repeat(5_000),
] as const;

/** A value of JSON with some of its parts replaced, dropped, repeated or wrapped. */
export function mutateJson(value: unknown, random: Random, share = 0.15): unknown {
  if (random.chance(share)) return replacement(value, random);
  if (Array.isArray(value)) {
    const kept = value.filter(() => !random.chance(share / 2)).map((one) => mutateJson(one, random, share));
    return random.chance(share / 2) ? [...kept, ...kept] : kept;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(() => !random.chance(share / 2))
    .map(([key, one]): [string, unknown] => [
      random.chance(share / 4) ? random.pick(TEXTS) : key,
      mutateJson(one, random, share),
    ]);
  return Object.fromEntries(entries);
}

function replacement(value: unknown, random: Random): unknown {
  switch (random.integer(0, 7)) {
    case 0:
      return null;
    case 1:
      return random.pick(NUMBERS);
    case 2:
      return random.pick(TEXTS);
    case 3:
      return [value];
    case 4:
      return { [random.pick(TEXTS)]: value };
    case 5:
      return random.chance(0.5);
    case 6:
      return nested(value, random.integer(2, 60));
    default:
      return typeof value === 'string' ? mutateText(value, random) : {};
  }
}

function nested(value: unknown, depth: number): unknown {
  let outer = value;
  for (let level = 0; level < depth; level += 1) outer = level % 2 === 0 ? [outer] : { a: outer };
  return outer;
}

/** A text with a piece cut out, doubled, or put in. */
export function mutateText(text: string, random: Random): string {
  const from = random.integer(0, text.length);
  const to = Math.min(text.length, from + random.integer(0, 20));
  switch (random.integer(0, 3)) {
    case 0:
      return text.slice(0, from) + text.slice(to);
    case 1:
      return text.slice(0, to) + text.slice(from);
    case 2:
      return text.slice(0, from) + random.pick(TEXTS) + text.slice(from);
    default:
      return text.slice(0, from) + String(random.pick(NUMBERS)) + text.slice(to);
  }
}

/** Lines with some of them dropped, doubled, moved or changed; a number in a line is often what is changed. */
export function mutateLines(lines: readonly string[], random: Random): string[] {
  const changed = [...lines];
  for (let count = random.integer(1, 5); count > 0; count -= 1) {
    const at = random.integer(0, Math.max(0, changed.length - 1));
    const line = changed[at] ?? '';
    switch (random.integer(0, 5)) {
      case 0:
        changed.splice(at, 1);
        break;
      case 1:
        changed.splice(at, 0, line);
        break;
      case 2:
        changed.splice(random.integer(0, changed.length), 0, ...changed.splice(at, random.integer(1, 4)));
        break;
      case 3:
        changed[at] = line.replace(/\d+/, () => String(random.pick(NUMBERS)));
        break;
      case 4:
        changed[at] = line.replace(/(?<=[ =:])[^ =:]+$/, () => random.pick(TEXTS));
        break;
      default:
        changed[at] = mutateText(line, random);
    }
  }
  return changed;
}

/** Bytes with some flipped, cut off or put in. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  const changed = Buffer.from(bytes);
  for (let count = random.integer(0, 3); count > 0 && changed.length > 0; count -= 1) {
    changed[random.integer(0, changed.length - 1)] = random.pick([0, 1, 127, 128, 255, random.integer(0, 255)]);
  }
  if (random.chance(0.1)) return changed.subarray(0, random.integer(0, changed.length));
  return random.chance(0.1) ? Buffer.concat([changed, random.bytes(random.integer(1, 40))]) : changed;
}
