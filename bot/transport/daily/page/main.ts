/* The page that hosts calls. Puppeteer calls `bridge`; all else goes over each call's own WebSocket. */
import { PageCall } from './page-call';
import { openSound } from './sound';

/** What the bot can ask of a page. */
export interface PageBridge {
  /** Opens the audio graph, so that the first call need not wait for it. */
  warm(): Promise<void>;
  /** Connects a call to the bot, which knows it by its secret. */
  open(secret: string): void;
  /** Calls, people heard in them, and scripts in the page: what is left after the last call is a leak. */
  census(): { calls: number; voices: number; scripts: number };
}

const calls = new Set<PageCall>();

const bridge: PageBridge = {
  warm: async () => {
    await openSound();
  },
  open: (secret) => {
    const call: PageCall = new PageCall(secret, () => calls.delete(call));
    calls.add(call);
  },
  census: () => ({
    calls: calls.size,
    voices: [...calls].reduce((sum, call) => sum + call.voices, 0),
    scripts: document.querySelectorAll('script').length,
  }),
};

(globalThis as unknown as { bridge: PageBridge }).bridge = bridge;
