/* The page that hosts calls. Puppeteer calls `bridge`; all else goes over each call's own WebSocket. */
import type { PageBridge } from '../bridge/control';
import { PageCall } from './page-call';
import { openSound } from './sound';

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
