import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AGENT_NAME } from '../../../contract/agent';
import { treeStamp } from '../../../contract/tree-stamp';
import { builtAgent } from './build-agent';

/** From below the project's own folder the packages that agents need are found. */
const OUT = path.join(__dirname, '../../../out');
const LOOK_EVERY_MS = 250;

/** Agents as one module each, built anew whenever a file of theirs changes. */
export interface WatchedAgents {
  /** What AGENTS_FOLDER is to say. */
  readonly folder: string;
  /** Resolves when something has changed from now on, and is built. */
  changed(): Promise<void>;
  stop(): void;
}

/** Agents of a project, by their folders. @throws Error where it has no such folder */
export function agentsIn(project: string): readonly string[] {
  const folder = path.join(project, 'agents');
  if (!existsSync(folder)) throw new Error('There is no folder agents/ here: run this where package.json is.');
  return readdirSync(folder).filter((name) => AGENT_NAME.test(name) && existsSync(path.join(folder, name, 'agent.ts')));
}

/**
 * Builds every agent of a project, and goes on building what changes, what is new included. Files are looked at, and no
 * notices of the system are waited for: editors, mounts and containers differ in whether they give any.
 */
export async function watchAgents(project: string): Promise<WatchedAgents> {
  removeLeftOver();
  const folder = path.join(OUT, `dev-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const stamps = new Map<string, string>();
  const waiting = new Set<() => void>();
  const source = (name: string): string => path.join(project, 'agents', name);

  const write = async (name: string): Promise<void> => {
    const link = path.join(folder, name);
    if (!existsSync(link)) symlinkSync(source(name), link, 'junction');
    const text = await builtAgent(project, name);
    const draft = path.join(folder, `.${name}.cjs`);
    writeFileSync(draft, text);
    renameSync(draft, path.join(folder, `${name}.cjs`));
  };
  const remove = (name: string): void => {
    stamps.delete(name);
    rmSync(path.join(folder, `${name}.cjs`), { force: true });
    rmSync(path.join(folder, name), { force: true });
  };
  /** @returns whether anything has changed */
  const look = async (): Promise<boolean> => {
    const names = agentsIn(project);
    const gone = [...stamps.keys()].filter((name) => !names.includes(name));
    gone.forEach(remove);
    const changed = names.filter((name) => stamps.get(name) !== treeStamp(source(name)));
    for (const name of changed) {
      stamps.set(name, treeStamp(source(name)));
      await write(name);
    }
    return gone.length + changed.length > 0;
  };

  await look();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const lookAgain = (): void => {
    timer = setTimeout(() => {
      // A folder that is being moved is there again the next time.
      void look()
        .catch(() => false)
        .then((hasChanged) => {
          if (isStopped) return;
          if (hasChanged) for (const go of [...waiting]) go();
          lookAgain();
        });
    }, LOOK_EVERY_MS);
  };
  lookAgain();
  return {
    folder,
    changed: () =>
      new Promise<void>((resolve) => {
        const go = (): void => {
          waiting.delete(go);
          resolve();
        };
        waiting.add(go);
      }),
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a process that was killed could not take away. */
function removeLeftOver(): void {
  for (const name of existsSync(OUT) ? readdirSync(OUT) : []) {
    const pid = Number(/^dev-(\d+)$/.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) rmSync(path.join(OUT, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
