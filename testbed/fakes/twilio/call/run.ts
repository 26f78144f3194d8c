import { RuleBroken } from '../errors';
import type { Network } from '../network';
import { pause } from '../time';
import { parseTwiml } from '../twiml/parse';
import type { Verb } from '../twiml/verbs';
import { Announcement } from './announcement';
import { connectStream } from './connect-stream';
import { dial } from './dial';
import type { Leg, Next } from './leg';
import { joinConference } from './join-conference';
import { callParameters } from './parameters';

const TWIML_TYPES = ['text/xml', 'application/xml', 'text/plain'];
const MOST_DOCUMENTS = 200;

/** Runs a call's documents, one verb after the other. */
export class DocumentRunner {
  readonly #call: Leg;
  readonly #network: Network;
  #first: Next | undefined;
  /** Ends the verb that runs. */
  #step = new AbortController();
  #redirected: Next | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #fellBack = false;

  constructor(call: Leg, network: Network) {
    this.#call = call;
    this.#network = network;
  }

  /** Resolves when nothing runs any more. */
  get done(): Promise<unknown> {
    return this.#running;
  }

  begin(first: Next): void {
    this.#first = first;
    this.#running = this.#runAll(first);
  }

  redirect(next: Next): void {
    this.#redirected = next;
    this.#step.abort();
  }

  /** The first document once more, beside what runs. */
  startAgain(): Promise<void> {
    const first = this.#first;
    if (first === undefined) return Promise.reject(new Error('the call has not begun'));
    const again = this.#runAll(first);
    this.#running = Promise.all([this.#running, again]);
    return this.#call.waitFor('stream-started', { after: this.#call.events.length - 1 }).then(() => undefined);
  }

  /** One document, and no more, for a leg that another one leads. @returns whether it ended by itself, not by hanging up */
  async aside(document: Next): Promise<boolean> {
    const next = await this.#take(document, this.#call.over);
    return next === AT_END;
  }

  async #runAll(first: Next): Promise<void> {
    let next: Next = first;
    for (let documents = 0; !this.#call.isOver; documents += 1) {
      if (documents > MOST_DOCUMENTS) {
        this.#network.report(this.#call.sid, new RuleBroken(12200, `over ${MOST_DOCUMENTS} documents in one call`));
        this.#call.end({ status: 'failed', by: 'error' });
        return;
      }
      this.#step = new AbortController();
      const signal = AbortSignal.any([this.#step.signal, this.#call.over]);
      const came = await this.#take(next, signal);
      next = this.#takeRedirected() ?? came;
    }
  }

  /** Where the call was sent meanwhile, if it was. */
  #takeRedirected(): Next | undefined {
    const redirected = this.#redirected;
    this.#redirected = undefined;
    return redirected;
  }

  /** One document, or whatever else is next. Never rejects. */
  async #take(next: Next, signal: AbortSignal): Promise<Next> {
    try {
      switch (next.kind) {
        case 'end':
          this.#call.end(next.end);
          return next;
        case 'conference':
          this.#call.answer();
          return (await joinConference(this.#call, next.join, signal)) ?? HANG_UP;
        case 'inline':
          return await this.#execute(parseTwiml(next.twiml, { base: undefined, isSip: this.#isSip }), signal);
        case 'ask': {
          const { verbs } = await this.#fetch(next, signal);
          return await this.#execute(verbs, signal);
        }
      }
    } catch (error) {
      if (signal.aborted) return HANG_UP; // what comes instead is known already
      if (!(error instanceof RuleBroken)) throw error;
      return this.#failed(error, next);
    }
  }

  #failed(error: RuleBroken, next: Next): Next {
    const { sid, options, isAnswered } = this.#call;
    this.#network.report(sid, error);
    if (options.fallback !== undefined && !this.#fellBack) {
      this.#fellBack = true;
      const url = next.kind === 'ask' ? next.action.url : '';
      return { kind: 'ask', action: options.fallback, parameters: { ErrorCode: String(error.code), ErrorUrl: url } };
    }
    return { kind: 'end', end: { status: isAnswered ? 'completed' : 'failed', by: 'error' } };
  }

  async #fetch(next: Extract<Next, { kind: 'ask' }>, signal: AbortSignal): Promise<{ verbs: Verb[] }> {
    const { action, parameters = {} } = next;
    const { faults, log } = this.#call;
    const answer = await this.#network.webhooks
      .ask(action, {
        parameters: { ...callParameters(this.#call, this.#network.accountSid), ...parameters },
        form: faults.signWebhook,
        headers: faults.headers,
        signal,
      })
      .catch((error: unknown) => {
        log.add({ kind: 'twiml', url: action.url, status: 0, ms: 0, twiml: '' });
        throw error;
      });
    const { status, ms, type } = answer;
    const twiml = answer.body.toString();
    log.add({ kind: 'twiml', url: action.url, status, ms, twiml });
    if (status < 200 || status > 299) throw new RuleBroken(11200, `the webhook answered with ${status}`);
    if (!TWIML_TYPES.includes(type)) throw new RuleBroken(12300, `the webhook answered with ${type || 'no type'}`);
    return { verbs: parseTwiml(twiml, { base: action.url, isSip: this.#isSip }) };
  }

  get #isSip(): boolean {
    return this.#call.from.startsWith('sip:');
  }

  async #execute(verbs: readonly Verb[], signal: AbortSignal): Promise<Next> {
    for (const verb of verbs) {
      this.#call.log.add({ kind: 'verb', verb: verb.kind });
      const next = await this.#perform(verb, signal);
      if (signal.aborted) return HANG_UP;
      if (next !== undefined) return next;
    }
    return AT_END;
  }

  /** @returns what comes next; undefined: the next verb */
  async #perform(verb: Verb, signal: AbortSignal): Promise<Next | undefined> {
    const call = this.#call;
    switch (verb.kind) {
      case 'connect':
        call.answer();
        return connectStream(call, this.#network, verb, signal);
      case 'dial':
        return dial(call, this.#network, verb, signal);
      case 'redirect':
        return { kind: 'ask', action: { url: verb.url, method: verb.method } };
      case 'reject':
        return { kind: 'end', end: { status: verb.reason === 'busy' ? 'busy' : 'no-answer', by: 'twiml' } };
      case 'hangup':
        return HANG_UP;
      case 'pause':
        call.answer();
        await pause(this.#network.clock, verb.seconds * 1000, signal);
        return undefined;
      case 'say':
        call.answer();
        call.log.add({ kind: 'said', text: verb.text });
        await this.#announce(() => Announcement.ofText(verb.text), verb.loop, signal);
        return undefined;
      case 'play':
        call.answer();
        await this.#play(verb.url, verb.loop, signal);
        return undefined;
      case 'play-digits':
        call.answer();
        for (const digit of verb.digits) {
          call.log.add({ kind: 'key', digit });
          await pause(this.#network.clock, TONE_MS, signal);
        }
        return undefined;
    }
  }

  async #play(url: string, loop: number, signal: AbortSignal): Promise<void> {
    const { headers } = this.#call.faults;
    const answer = await this.#network.webhooks.ask(
      { url, method: 'GET' },
      { parameters: {}, form: 'plain', headers, signal },
    );
    this.#call.log.add({ kind: 'played', url });
    if (answer.status !== 200) throw new RuleBroken(11200, `<Play> is answered with ${answer.status}`);
    await this.#announce(() => Announcement.ofFile(answer.type, answer.body), loop, signal);
  }

  async #announce(make: () => Announcement, loop: number, signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    for (let time = 0; (loop === 0 || time < loop) && !signal.aborted; time += 1) {
      const announcement = make();
      this.#call.connect(() => announcement.beat());
      await Promise.race([announcement.over, aborted]);
    }
    if (!signal.aborted) this.#call.connect(undefined);
  }
}

/** Documents that come to their end hang up, too. */
const AT_END: Next = { kind: 'end', end: { status: 'completed', by: 'twiml' } };
const HANG_UP: Next = { kind: 'end', end: { status: 'completed', by: 'twiml' } };
const TONE_MS = 200;
