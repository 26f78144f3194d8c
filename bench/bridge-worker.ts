/** The bot's side of Daily calls without a browser: whoever starts it plays the pages, at the other end of the bridge. */
import { createLogger, createTelemetry } from '../bot/telemetry';
import { systemClock } from '../bot/time';
import { BridgeServer } from '../bot/transport/daily/bridge/server';
import { DailyTransport } from '../bot/transport/daily/transport';
import { DAILY_TIMEOUTS } from '../bot/transport/daily/transport-options';
import { serve } from '../testbed/processes/worker';

let bridge: BridgeServer | undefined;
/** Audio and messages that reached calls. */
const reached = { audio: 0, messages: 0 };
const telemetry = createTelemetry({ logger: createLogger({ level: 'silent', version: 'fuzz' }) });

serve({
  async start() {
    bridge = await BridgeServer.start({ page: '', worklet: '' });
    return bridge.pageUrl;
  },
  /** A call that waits for its page. @returns the secret by which the page names it */
  async call() {
    if (bridge === undefined) throw new Error('not started');
    const started = bridge;
    return new Promise<string>((resolve) => {
      const transport = new DailyTransport({
        roomUrl: 'https://fuzz.daily.co/room',
        botToken: 'token',
        bundleUrl: undefined,
        page: {
          openCall: (secret) => {
            resolve(secret);
            return Promise.resolve();
          },
          onEnd: () => () => undefined,
        },
        bridge: started,
        clock: systemClock,
        telemetry,
        timeouts: DAILY_TIMEOUTS,
        onPageHangs: () => undefined,
        onPageSuspect: () => undefined,
        tellLost: () => Promise.resolve(),
        invite: () => Promise.reject(new Error('nobody is invited here')),
        release: () => Promise.resolve(),
      });
      const end = (): void => void transport.close('caller-left');
      const events = {
        onAudio: () => (reached.audio += 1),
        onMessage: () => (reached.messages += 1),
        onLeft: (remaining: number) => {
          if (remaining === 0) end();
        },
        onFailed: end,
        onMuted: () => undefined,
        onMalformed: () => undefined,
      };
      transport.start(events, new AbortController().signal).catch(end);
    });
  },
  reached() {
    return reached;
  },
});
