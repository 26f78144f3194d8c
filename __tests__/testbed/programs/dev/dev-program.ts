import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { eventually } from '../../../support/eventually';

const ROOT = join(__dirname, '../../../..');
const TSX = pathToFileURL(require.resolve('tsx')).href;

/** `npm run dev` as a person runs it in a folder of theirs, with nothing of AWS at hand. */
export class DevProgram {
  /** What it said so far, a line each, of both outputs. */
  readonly lines: string[] = [];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
    for (const output of [child.stdout, child.stderr]) {
      if (output !== null) createInterface({ input: output }).on('line', (line) => this.lines.push(line));
    }
  }

  static start(project: string, argv: readonly string[], variables: Readonly<Record<string, string>>): DevProgram {
    const child = spawn(process.execPath, ['--import', TSX, join(ROOT, 'testbed/programs/dev/main.ts'), ...argv], {
      cwd: project,
      env: {
        PATH: process.env['PATH'],
        HOME: project,
        VOICE_AGENT_IS_BUILT: process.env['VOICE_AGENT_IS_BUILT'],
        FAST_API_PORT: '0',
        TRANSPORT: 'webrtc',
        WEBRTC_BIND_ADDRESS: '127.0.0.1',
        ...variables,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new DevProgram(child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits for a line with these words, of those after the first `after`. */
  async says(words: string, after = 0): Promise<string> {
    const find = (): string | undefined => this.lines.slice(after).find((line) => line.includes(words));
    await eventually(() => find() !== undefined || this.#child.exitCode !== null, words, 60_000).catch(() => undefined);
    const found = find();
    if (found === undefined) throw new Error(`never said "${words}", but:\n${this.lines.join('\n')}`);
    return found;
  }

  /** Where the page is, once the bot listens. */
  async url(): Promise<string> {
    const { port } = JSON.parse(await this.says('"msg":"listening"')) as { readonly port: number };
    return `http://127.0.0.1:${port}`;
  }

  /** @returns the exit code */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const [code] = (await exit) as [number | null];
    return code;
  }
}
