import path from 'node:path';
import { z } from 'zod';
import { meant, type Place, problemAt, ScenarioError } from './problem';
import { fileShape, type ScenarioKeys, type Turn } from './schema';
import { soundProblem } from './sound-file';
import { type IncludedFiles, readYaml, type YamlValue } from './yaml-value';

interface Common extends Omit<ScenarioKeys, 'turns' | 'persona'> {
  /** `<file>/<scenario>`, as reports name it. */
  readonly id: string;
  readonly file: string;
}

/** A conversation by turns that are written down. */
export interface Script extends Common {
  readonly kind: 'script';
  readonly turns: readonly Turn[];
}

/** A conversation that a persona leads. */
export interface Simulation extends Common {
  readonly kind: 'simulation';
  readonly persona: string;
  readonly goal: string;
  readonly success: string;
}

export type Scenario = Script | Simulation;

/** Keys of a file that say nothing of its scenarios. */
const OF_THE_FILE = new Set(['name', 'description', 'scenarios']);
const FORM = /\.ya?ml$/;

/**
 * The scenarios of a file, in its order. What stands at the file's top is the default of each; a scenario's own key takes
 * the whole place of it.
 * @param folder what `!include` and `audio` may name files of
 * @param included gets the files that it includes, by their real paths
 * @throws ScenarioError with all that is wrong, as `file:line: path: rule`
 */
export function readScenarios(
  file: string,
  folder = path.dirname(file),
  included?: IncludedFiles,
): readonly Scenario[] {
  const read = readYaml(file, folder, included);
  const written = checked(fileShape, read, []);
  const silent = soundProblems(written, read, { file, folder });
  if (silent.length > 0) throw new ScenarioError(silent);
  const { scenarios, ...top } = written;
  const defaults = Object.fromEntries(Object.entries(top).filter(([key]) => !OF_THE_FILE.has(key)));
  const fileName = written.name ?? path.basename(file).replace(FORM, '');
  if (scenarios === undefined)
    return [scenarioOf({ ...defaults, name: fileName }, { fileName, file, place: read.placeOf([]) })];
  const names = new Set<string>();
  return scenarios.map((own, index) => {
    const place = read.placeOf(['scenarios', index]);
    if (names.has(own.name))
      throw new ScenarioError([problemAt(place, `scenarios.${index}.name: ${own.name} is there already`)]);
    names.add(own.name);
    return scenarioOf({ ...defaults, ...own }, { fileName, file, place });
  });
}

interface From {
  readonly fileName: string;
  readonly file: string;
  readonly place: Place;
}

function scenarioOf(keys: ScenarioKeys, { fileName, file, place }: From): Scenario {
  const { turns, persona, ...rest } = keys;
  const common = { ...rest, id: fileName === keys.name ? fileName : `${fileName}/${keys.name}`, file };
  const refuse = (rule: string): never => {
    throw new ScenarioError([problemAt(place, `${keys.name}: ${rule}`)]);
  };
  if (turns !== undefined && persona === undefined) return { ...common, kind: 'script', turns };
  if (turns !== undefined) return refuse('has turns and a persona: one of the two makes a scenario');
  if (persona === undefined) return refuse('needs turns, or a persona');
  const { goal, success } = keys;
  if (goal === undefined) return refuse('a persona needs a goal: what it wants of the call');
  if (success === undefined) return refuse('a persona needs success: what must be true at the end');
  return { ...common, kind: 'simulation', persona, goal, success };
}

/** What is wrong with the sounds that turns are to play. */
function soundProblems(
  { turns = [], scenarios = [] }: z.output<typeof fileShape>,
  { placeOf }: YamlValue,
  { file, folder }: { readonly file: string; readonly folder: string },
): readonly string[] {
  const parts = [
    { turns, at: [] as PropertyKey[] },
    ...scenarios.map((one, at) => ({ ...one, at: ['scenarios', at] })),
  ];
  return parts.flatMap(({ turns: own = [], at }) =>
    own.flatMap(({ audio }, index) => {
      const rule = audio === undefined ? undefined : soundProblem(audio, path.dirname(file), folder);
      const where = [...at, 'turns', index, 'audio'];
      return rule === undefined ? [] : [problemAt(placeOf(where), `${where.join('.')}: ${rule}`)];
    }),
  );
}

function checked<T extends z.ZodType>(
  shape: T,
  { value, placeOf }: YamlValue,
  at: readonly PropertyKey[],
): z.output<T> {
  const result = shape.safeParse(value, { reportInput: false });
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, placeOf, at));
  throw new ScenarioError([...new Set(problems)]);
}

function problemsOf(issue: z.core.$ZodIssue, placeOf: YamlValue['placeOf'], at: readonly PropertyKey[]): string[] {
  const where = [...at, ...issue.path];
  const named = (rule: string, below: readonly PropertyKey[] = where): string =>
    problemAt(placeOf(below), `${below.length === 0 ? 'the file' : below.join('.')}: ${rule}`);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const guess = meant(key, knownKeys());
      const suggestion =
        guess === undefined ? '' : guess === key ? '; it stands elsewhere' : `; did you mean ${guess}?`;
      return named(`is no key of ${tableOf(issue.path)}${suggestion}`, [...where, key]);
    });
  }
  if (issue.code === 'invalid_union') {
    const nearest = issue.errors.toSorted((a, b) => depthOf(b) - depthOf(a) || a.length - b.length)[0];
    if (nearest !== undefined && nearest.length > 0)
      return nearest.flatMap((inner) => problemsOf(inner, placeOf, where));
  }
  return [named(issue.message)];
}

/** What has the keys: its own key, or the list that it is in, and which of that. */
const tableOf = (at: readonly PropertyKey[]): string =>
  at.length === 0 ? 'a scenario file' : at.slice(typeof at.at(-1) === 'number' ? -2 : -1).join('.');

const depthOf = (issues: readonly z.core.$ZodIssue[]): number =>
  Math.max(0, ...issues.map(({ path: inner }) => inner.length));

let keys: ReadonlySet<string> | undefined;

/** All keys that a scenario file may have anywhere. */
function knownKeys(): ReadonlySet<string> {
  if (keys === undefined) {
    const found = new Set<string>();
    collect(scenarioSchema(), found);
    keys = found;
  }
  return keys;
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value as Record<string, unknown>)) {
    if (key === 'properties') Object.keys(inner as object).forEach((name) => found.add(name));
    collect(inner, found);
  }
}

/** JSON Schema of a scenario file, for editors. */
export function scenarioSchema(): object {
  return z.toJSONSchema(fileShape, { io: 'input', unrepresentable: 'any' });
}
