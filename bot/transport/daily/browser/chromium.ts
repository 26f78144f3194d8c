import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { BotError } from '../../../errors';
import { type Clock, endsWithin } from '../../../time';
import { chromiumArguments } from './arguments';

/** A browser on disk. */
export interface ChromiumPath {
  /** The program itself: a wrapper script that does not exec leaves processes behind when it is killed. */
  readonly executablePath: string;
  /** What it needs besides PATH, HOME and TMPDIR; nothing of this process's environment reaches it. */
  readonly env?: Readonly<Record<string, string>>;
  readonly extraArguments?: readonly string[];
}

/** Where Debian and its like keep Chromium; the headless one is smaller and comes first. */
const USUAL_PATHS = [
  '/usr/lib/chromium/chromium-headless-shell',
  '/usr/lib/chromium/headless_shell',
  '/usr/lib/chromium/chromium',
  '/opt/chromium/headless_shell',
];

/** Of each attempt. */
const LAUNCH_WITHIN_MS = 20_000;
const CLOSE_WITHIN_MS = 3_000;

/** @throws BotError `transport_unavailable` when there is no browser */
export function findChromium(configured: string | undefined): ChromiumPath {
  const executablePath = configured ?? USUAL_PATHS.find((path) => existsSync(path));
  if (executablePath === undefined || !existsSync(executablePath)) {
    throw new BotError(
      'transport_unavailable',
      'There is no Chromium for Daily calls: install it or set CHROMIUM_PATH.',
    );
  }
  return { executablePath };
}

/** One running Chromium with its own folder; `close()` removes both. */
export class Chromium {
  readonly #browser: Browser;
  readonly #home: string;
  readonly #clock: Clock;
  #firstPageTaken = false;
  #closing: Promise<void> | undefined;

  private constructor(browser: Browser, home: string, clock: Clock) {
    this.#browser = browser;
    this.#home = home;
    this.#clock = clock;
  }

  /**
   * One that ends as it starts, which one of fifty was seen to do on a busy machine, is started once more.
   * @throws BotError `browser_failed`
   */
  static async launch(chromium: ChromiumPath, clock: Clock): Promise<Chromium> {
    const start = (): Promise<Chromium> => Chromium.#start(chromium, clock);
    try {
      return await start().catch(start);
    } catch (error) {
      throw new BotError('browser_failed', 'Chromium did not start.', { cause: error });
    }
  }

  static async #start(chromium: ChromiumPath, clock: Clock): Promise<Chromium> {
    const home = await mkdtemp(join(tmpdir(), 'voice-agent-chromium-'));
    try {
      // A tenth of a second to load: not while the process starts.
      const { default: puppeteer } = await import('puppeteer-core');
      await mkdir(join(home, 'profile'));
      const browser = await puppeteer.launch({
        executablePath: chromium.executablePath,
        env: { PATH: '/usr/bin:/bin', HOME: home, TMPDIR: home, ...chromium.env },
        // No port that others on this machine could drive it by; and it ends by itself when this process does.
        pipe: true,
        headless: 'shell',
        userDataDir: join(home, 'profile'),
        args: chromiumArguments({ extra: chromium.extraArguments ?? [] }),
        // Signals are the process's own business: it drains calls first.
        handleSIGINT: false,
        handleSIGTERM: false,
        handleSIGHUP: false,
        timeout: LAUNCH_WITHIN_MS,
        protocolTimeout: LAUNCH_WITHIN_MS,
        dumpio: false,
        // Else the browser reports every frame of every call's socket to this process, sound and all.
        networkEnabled: false,
      });
      return new Chromium(browser, home, clock);
    } catch (error) {
      await removeFolder(home);
      throw error;
    }
  }

  get pid(): number | undefined {
    return this.#browser.process()?.pid;
  }

  get connected(): boolean {
    return this.#browser.connected;
  }

  /** Calls `gone` when the browser ended without being asked to. */
  onGone(gone: () => void): void {
    this.#browser.once('disconnected', () => {
      if (this.#closing === undefined) gone();
    });
  }

  /** The first is the empty one that a browser begins with: another would be a process more. */
  async newPage(): Promise<Page> {
    const first = this.#firstPageTaken ? undefined : (await this.#browser.pages())[0];
    this.#firstPageTaken = true;
    return first ?? this.#browser.newPage();
  }

  /** Never rejects. A browser that has not gone by itself after 3 s is killed, with all its processes. Idempotent. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    const child = this.#browser.process();
    const exited = new Promise<void>((resolve) => {
      if (child === null || child.exitCode !== null || child.signalCode !== null) resolve();
      else child.once('exit', () => resolve());
    });
    // Its connection may break while it closes: what counts is that the process is gone, and that comes next.
    const closed = this.#browser.close().then(
      () => exited,
      () => exited,
    );
    await endsWithin(this.#clock, CLOSE_WITHIN_MS, closed);
    if (child?.pid !== undefined) {
      // In any case: a stopped or stuck child would outlive the browser.
      killGroup(child.pid);
      await exited;
    }
    await removeFolder(this.#home);
  }
}

/** What the last of the browser's processes still writes cannot be removed for a moment; for longer it stays. */
async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch(() => undefined);
}

/** The browser leads its own process group, so that its children are killed with it. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone between the look and the kill.
  }
}
