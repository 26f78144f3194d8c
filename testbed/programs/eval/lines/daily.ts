import type { RtviMessage } from '../../../../bot/rtvi/messages';
import { callersVoice, type CallRequest, type CallWay, type OpenLine } from '../../../../evals/caller';
import type { Line, LineEnd } from '../../../../evals/run';
import { BrowserCaller, launchBrowser, type TestBrowser } from '../../../../smoke/browser';
import { nowMs, type Recording } from '../../../../smoke/caller';
import { type FakeDaily, type LocalDaily, localDaily, startFakeDaily } from '../../../fakes/daily';

const LONGEST_CALL_MS = 600_000;

/** Through rooms of the stand-in for Daily: callers are the Pipecat client in a browser, with Daily's own transport. */
export class DailyWay implements CallWay {
  readonly transport = 'daily';
  readonly #daily: FakeDaily;
  readonly #local: LocalDaily;
  readonly #browser: TestBrowser;
  #caller: BrowserCaller | undefined;

  private constructor(daily: FakeDaily, local: LocalDaily, browser: TestBrowser) {
    this.#daily = daily;
    this.#local = local;
    this.#browser = browser;
  }

  static async open(): Promise<DailyWay> {
    const daily = await startFakeDaily();
    const local = await localDaily(daily);
    return new DailyWay(daily, local, await launchBrowser({ offersLoopback: true, handleSignals: false }));
  }

  get variables(): Readonly<Record<string, string>> {
    // Other calls of the run have the machine's processors: that is no reason to refuse this bot's only one.
    return { ...this.#local.environment, DAILY_MAX_BUSY_PERCENT: '100' };
  }

  async open(request: CallRequest): Promise<OpenLine> {
    const { baseUrl, agent, variables, line } = request;
    if (line !== undefined) throw new Error('nova.caller is of a line without Daily, or of a telephone');
    await this.#caller?.close();
    const messages: { readonly message: RtviMessage; readonly atMs: number }[] = [];
    let tell: Parameters<Line['onMessage']>[0] = () => undefined;
    let hasBotLeft = false;
    const caller = await BrowserCaller.open(this.#browser, {
      baseUrl,
      dailyBundleUrl: this.#daily.bundleUrl,
      startBody: { agent, ...(variables === undefined ? {} : { variables }) },
      onEvent: (event) => {
        hasBotLeft ||= event.name === 'botDisconnected';
        if (event.name !== 'message') return;
        const message = event.data as RtviMessage;
        messages.push({ message, atMs: event.atMs });
        tell(message, event.atMs);
      },
    });
    this.#caller = caller;
    const result = await caller.connect();
    if ('failure' in result) throw new Error(`the call was refused: ${result.failure.message}`);
    const readyMs = nowMs();
    const said: Recording[] = [];
    let hasHungUp = false;
    const ended = caller.waitFor('disconnected', undefined, { timeoutMs: LONGEST_CALL_MS }).then(
      (): LineEnd => (hasHungUp ? 'caller' : hasBotLeft ? 'bot' : 'lost'),
      (): LineEnd => 'lost',
    );
    return {
      readyMs,
      said,
      // The browser's microphone keeps its own time.
      pace: undefined,
      heard: async () => {
        const { samples, rateHz, startAtMs } = await caller.heard();
        return { pcm: samples, rateHz, startMs: startAtMs };
      },
      earOf: (heardMs) => heardMs,
      earOfEnd: (heardMs) => heardMs,
      // What the client warns of is nothing that a caller notices.
      complaints: () => caller.complaints.filter((complaint) => complaint.startsWith('uncaught:')),
      ended,
      nowMs,
      onMessage: (listener) => {
        for (const { message, atMs } of messages) listener(message, atMs);
        tell = listener;
      },
      type: (text) => void caller.sendText(text),
      speak: async (words, audioFile, parts) => {
        const sound = await callersVoice(words, audioFile, request, parts);
        const { startAtMs: startedMs, endAtMs: endedMs } = await caller.say(sound);
        said.push({ pcm: sound.samples, rateHz: sound.rateHz, startMs: startedMs });
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, endedMs - nowMs())));
        return { startedMs, endedMs };
      },
      press: () => {
        throw new Error('keys are pressed on a telephone: set nova.transport to phone');
      },
      hangUp: () => {
        if (hasHungUp) return;
        hasHungUp = true;
        void caller.disconnect().catch(() => undefined);
      },
    };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#daily.close();
    this.#local.remove();
  }
}
