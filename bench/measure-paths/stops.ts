import type { Session } from 'node:inspector/promises';

/** A function of ours: its file's path and its name. */
export interface Stop {
  readonly file: string;
  readonly name: string;
}

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
}

/** Where the compiled module's own code begins: before it are the helpers of the compiler. */
const MODULE_CODE = 'module.exports=__toCommonJS(';
const HELPERS = new Set(['__name', 'get', '<instance_members_initializer>', '<static_initializer>']);
/** What an import became, of our own modules only. Making an error ends a walk, whoever's it is. */
const OWN_IMPORT = /var (import_\w+) ?= ?(?:__toESM\()?require\("\.(?![^"]*\/errors")[^"]*"\)/g;
const CALL_OF_IMPORT = /\(0, ?(import_\w+)\.\w+\)\(|new (import_\w+)\.\w+|(import_\w+)\.\w+\.\w+\(/g;

interface Entered extends Stop {
  readonly times: number;
  /** Its text, without the functions in it. */
  readonly text: string;
  /** The names under which its module knows other modules of ours. */
  readonly imports: ReadonlySet<string>;
}

/** Runs `act` with V8 counting calls: which functions below `folder` were entered meanwhile. */
export async function enteredWhile<T>(
  session: Session,
  folder: string,
  act: () => Promise<T>,
): Promise<{ readonly result: T; readonly functions: readonly Entered[] }> {
  await session.post('Debugger.enable');
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  await session.post('Profiler.takePreciseCoverage');
  const result = await act();
  const coverage = await session.post('Profiler.takePreciseCoverage');
  await session.post('Profiler.stopPreciseCoverage');
  const entered: Entered[] = [];
  for (const script of coverage.result) {
    const file = script.url.replace('file://', '');
    if (!file.startsWith(folder)) continue;
    const { scriptSource } = await session.post('Debugger.getScriptSource', { scriptId: script.scriptId });
    const moduleStart = scriptSource.indexOf(MODULE_CODE);
    const imports = new Set([...scriptSource.matchAll(OWN_IMPORT)].flatMap(([, name]) => name ?? []));
    const all = script.functions.flatMap(({ ranges: [range] }) => (range === undefined ? [] : [range]));
    for (const {
      functionName,
      ranges: [range],
    } of script.functions) {
      if (range === undefined || range.count === 0 || HELPERS.has(functionName)) continue;
      if (range.startOffset < moduleStart) continue;
      const text = ownText(scriptSource, range, all);
      entered.push({ file, name: functionName || '(anonymous)', times: range.count, text, imports });
    }
  }
  return { result, functions: entered };
}

/** The stops among functions: those that call into another file of ours. */
export function stopsOf(functions: readonly Entered[]): readonly Stop[] {
  return functions.filter(({ text, imports }) =>
    [...text.matchAll(CALL_OF_IMPORT)].some(([, ...names]) => names.some((name) => imports.has(name))),
  );
}

/** The function's text without the functions in it. */
function ownText(source: string, { startOffset, endOffset }: Range, all: readonly Range[]): string {
  const inner = all.filter((other) => other.startOffset > startOffset && other.endOffset < endOffset);
  let text = '';
  for (let at = startOffset; at < endOffset; at += 1) {
    const nested = inner.find((other) => other.startOffset <= at && at < other.endOffset);
    if (nested === undefined) text += source.charAt(at);
    else at = nested.endOffset - 1;
  }
  return text;
}
