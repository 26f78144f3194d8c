import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

const ROOT = path.join(__dirname, '../../..');

export interface ChildResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command in a process of its own, as an operator starts it. */
export class Child {
  readonly process: ChildProcess;
  readonly result: Promise<ChildResult>;

  private constructor(args: readonly string[], folder: string, env: Record<string, string>) {
    // A group of its own, as a shell gives it: Ctrl-C goes to the whole group.
    this.process = spawn(process.execPath, [...args], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    this.process.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    this.process.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    this.result = new Promise((resolve) => {
      this.process.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
    });
  }

  /** `npx voice-agent-ops …`. */
  static bin(command: string, folder: string, env: Record<string, string> = {}): Child {
    return new Child([path.join(ROOT, 'ops/bin.mjs'), ...command.split(' ')], folder, env);
  }

  /** `npm run ops -- …`, without npm. */
  static script(command: string, folder: string, env: Record<string, string> = {}): Child {
    const tsx = path.join(ROOT, 'node_modules/tsx/dist/cli.mjs');
    return new Child([tsx, path.join(ROOT, 'ops/main.ts'), ...command.split(' ')], folder, env);
  }

  /** Any TypeScript of the repository. */
  static tsx(script: string, args: readonly string[], folder: string, env: Record<string, string> = {}): Child {
    return new Child([path.join(ROOT, 'node_modules/tsx/dist/cli.mjs'), path.join(ROOT, script), ...args], folder, env);
  }

  /** Ctrl-C. */
  interrupt(): void {
    if (this.process.pid !== undefined) process.kill(-this.process.pid, 'SIGINT');
  }
}
