import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { changedText, type CodeChange } from './code-change';

const ROOT = path.join(__dirname, '../../../..');

/** Bots that were built with a change each; close it, and they are gone. */
export class ChangedBots {
  readonly #folder: string;
  readonly #programs = new Map<CodeChange, string>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** `npm run build` has been run before. @throws Error where a place is not there, or a bot cannot be built */
  static async build(changes: Iterable<CodeChange>): Promise<ChangedBots> {
    mkdirSync(path.join(ROOT, 'out'), { recursive: true });
    const bots = new ChangedBots(mkdtempSync(path.join(ROOT, 'out/changed-bots-')));
    try {
      for (const change of new Set(changes)) await bots.#build(change);
      return bots;
    } catch (error) {
      bots.close();
      throw error;
    }
  }

  /** What is to be run in place of dist/bot/main.js. */
  programOf(change: CodeChange | undefined): string | undefined {
    return change === undefined ? undefined : this.#programs.get(change);
  }

  /** Idempotent. */
  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #build(change: CodeChange): Promise<void> {
    const text = changedText(change);
    const folder = path.join(this.#folder, String(this.#programs.size));
    const child = spawn(process.execPath, ['scripts/build-changed-bot.mjs', folder, change.file], {
      cwd: ROOT,
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    child.stdin.end(text);
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`a bot with another ${change.file} cannot be built`);
    this.#programs.set(change, path.join(folder, 'dist/bot/main.js'));
  }
}
