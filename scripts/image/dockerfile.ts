/** One instruction, with continuation lines joined. */
export interface Instruction {
  readonly line: number;
  readonly name: string;
  /** `--platform=…` and its like. */
  readonly flags: Readonly<Record<string, string>>;
  /** What follows name and flags. */
  readonly text: string;
}

export interface Stage {
  readonly name: string;
  readonly base: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly steps: readonly Instruction[];
}

/** Instructions that the replay understands; any other is an error, so that none is overlooked. */
const KNOWN = /^(ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|RUN|STOPSIGNAL|USER|WORKDIR)$/;

/**
 * The stages of a Dockerfile, in the subset of the language that ours uses (no heredocs, no other escape character).
 * @throws Error that names the line of what is not understood
 */
export function parseDockerfile(source: string): Stage[] {
  const stages: (Stage & { steps: Instruction[] })[] = [];
  for (const instruction of instructions(source)) {
    if (!KNOWN.test(instruction.name)) {
      throw new Error(`Dockerfile:${instruction.line}: ${instruction.name} is not known to image:check`);
    }
    if (instruction.name !== 'FROM') {
      const stage = stages.at(-1);
      if (stage === undefined) throw new Error(`Dockerfile:${instruction.line}: comes before the first FROM`);
      stage.steps.push(instruction);
      continue;
    }
    const [, base = '', name = ''] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(instruction.text) ?? [];
    if (base === '' || name === '') throw new Error(`Dockerfile:${instruction.line}: FROM wants an image and a name`);
    stages.push({ name, base, flags: instruction.flags, steps: [] });
  }
  return stages;
}

function* instructions(source: string): Generator<Instruction> {
  let pending = '';
  let line = 0;
  for (const [index, raw] of source.split('\n').entries()) {
    if (raw.trimStart().startsWith('#') || raw.trim() === '') continue;
    if (pending === '') line = index + 1;
    if (raw.trimEnd().endsWith('\\')) {
      pending += `${raw.trimEnd().slice(0, -1).trim()} `;
      continue;
    }
    yield instruction(line, pending + raw.trim());
    pending = '';
  }
  if (pending !== '') throw new Error(`Dockerfile:${line}: ends in the middle of an instruction`);
}

function instruction(line: number, text: string): Instruction {
  const [, name = '', rest = ''] = /^(\w+)\s+([\s\S]*)$/.exec(text) ?? [];
  const flags: Record<string, string> = {};
  let after = rest;
  for (;;) {
    const [whole, key = '', value = ''] = /^--([\w-]+)=(\S+)\s+/.exec(after) ?? [];
    if (whole === undefined) break;
    flags[key] = value;
    after = after.slice(whole.length);
  }
  return { line, name: name.toUpperCase(), flags, text: after.trim() };
}

/** The words of `CMD`, `ENTRYPOINT` or a health check's command. @throws Error where it is not in the exec form */
export function execForm({ line, text }: Instruction): string[] {
  const json = text.slice(Math.max(text.indexOf('['), 0));
  try {
    return JSON.parse(json) as string[];
  } catch {
    throw new Error(`Dockerfile:${line}: must be in the exec form, because there is no shell in the image`);
  }
}

/** `KEY=value KEY2="two words"` of ENV, LABEL and ARG, with `$NAME` replaced by what is given. */
export function pairs({ text }: Instruction, args: Readonly<Record<string, string>> = {}): Record<string, string> {
  const found = [...text.matchAll(/([\w.-]+)=(?:"([^"]*)"|(\S*))/g)];
  return Object.fromEntries(
    found.map(([, key = '', quoted, bare = '']) => [
      key,
      (quoted ?? bare).replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) => args[name] ?? ''),
    ]),
  );
}
