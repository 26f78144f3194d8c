import { randomUUID } from 'node:crypto';
import { BotError } from '../../errors';
import { RTVI_LABEL, rtviEvent, type RtviMessage } from '../../rtvi/messages';
import { RateLimit, sleep, type Timer } from '../../time';
import type { CallTransport, CloseReason, TransferDestination, TransferOutcome, TransportEvents } from '../transport';
import type { FromPage, Stage } from './bridge/control';
import { BridgeSocket } from './bridge/bridge-socket';
import type { PageEnd } from './browser/host-page';
import { fitToRoom } from './messages';
import { Participants, type ParticipantsChange } from './participants';
import { endPointOf, GivingAway } from './telephone/giving-away';
import type { Leg } from './telephone/leg';
import { openLeg } from './telephone/open-leg';
import type { DailyTransportOptions } from './transport-options';

/** Leaving takes a round trip; a page that takes longer is abandoned. */
const LEAVE_WITHIN_MS = 1_000;

/** The page plays 50 frames a second on a busy machine: with less ahead, gaps would be heard. */
const LEAD_MS = 120;
/* Clients send what a person does; a flood is dropped unread. */
const MESSAGES_BURST = 100;
const MESSAGES_PER_SECOND = 30;
const MAX_WAITING_MESSAGES = 100;

type State =
  | { readonly kind: 'new' }
  | { readonly kind: 'joining'; readonly settle: Settle }
  | { readonly kind: 'waiting'; readonly settle: Settle }
  | { readonly kind: 'open' }
  | { readonly kind: 'gone' };

interface Settle {
  resolve(): void;
  reject(error: BotError): void;
}

/** A call in a Daily room. The bot's side of it runs in a browser page, at the other end of a `BridgeSocket`. */
export class DailyTransport implements CallTransport {
  readonly kind = 'daily';
  readonly leadMs = LEAD_MS;
  readonly #options: DailyTransportOptions;
  readonly #people = new Participants();
  readonly #messageLimit: RateLimit;
  #state: State = { kind: 'new' };
  #events: TransportEvents | undefined;
  #socket: BridgeSocket | undefined;
  #timer: Timer | undefined;
  #forgetSecret: () => void = () => undefined;
  readonly #unwatchPage: () => void;
  #outbox: RtviMessage[] = [];
  #messagesDropped = 0;
  /** The call broke on the bot's side, perhaps without anybody in the room knowing. */
  #isLost = false;
  #failure: BotError | undefined;
  #closing: Promise<void> | undefined;
  #leg: Leg | undefined;
  readonly #givingAway = new GivingAway();

  constructor(options: DailyTransportOptions) {
    this.#options = options;
    const { clock } = options;
    this.#messageLimit = new RateLimit({ clock, burst: MESSAGES_BURST, perSecond: MESSAGES_PER_SECOND });
    this.#unwatchPage = options.page.onEnd((end) => this.#onPageEnd(end));
  }

  get isRinging(): boolean {
    return this.#options.phone?.kind === 'dialled';
  }

  get reachedMachine(): CallTransport['reachedMachine'] {
    const { phone } = this.#options;
    return phone?.kind === 'dialled' ? () => phone.call.reachedMachine() : undefined;
  }

  get queuedMs(): number {
    return this.#socket?.queuedMs ?? 0;
  }

  /** How long the page took to answer, in ms. */
  get pingMs(): number {
    return this.#socket?.lastPingMs ?? 0;
  }

  start(events: TransportEvents, signal: AbortSignal): Promise<void> {
    if (this.#events !== undefined)
      return Promise.reject(new BotError('internal', 'the transport was started already'));
    this.#events = events;
    const onAbort = (): void => this.#fail(new BotError('peer_failed', 'the call ended before anybody joined'));
    if (signal.aborted) onAbort();
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    signal.addEventListener('abort', onAbort, { once: true });
    const started = new Promise<void>((resolve, reject) => {
      this.#state = { kind: 'joining', settle: { resolve, reject } };
      this.#deadline(this.#options.timeouts.botJoinMs, 'the bot could not join the room in time', () => {
        this.#isLost = true;
        this.#options.onPageSuspect();
      });
      this.#leg = this.#openLeg();
      this.#connect();
    });
    return started.finally(() => signal.removeEventListener('abort', onAbort));
  }

  play(pcm24k: Int16Array): void {
    if (this.#state.kind === 'open') this.#socket?.play(pcm24k);
  }

  flush(): Promise<void> {
    return this.#socket?.flush() ?? Promise.resolve();
  }

  send(message: RtviMessage): void {
    if (this.#closing !== undefined || this.#state.kind === 'gone') return;
    if (this.#state.kind === 'open') this.#sendNow(message);
    else if (this.#outbox.length < MAX_WAITING_MESSAGES) this.#outbox.push(message);
    else this.#messagesDropped += 1;
  }

  /**
   * Gives a telephone caller away. In a browser: invites; the caller's client is told of an entrance for one more, and gives
   * it to whoever answers to the name.
   */
  async transfer(to: TransferDestination, signal: AbortSignal): Promise<TransferOutcome> {
    if (this.#options.phone !== undefined) return this.#giveAway(to, signal);
    const { name } = to;
    try {
      const { url, token } = await this.#options.invite();
      if (signal.aborted || this.#state.kind !== 'open') return { kind: 'failed', why: 'no-answer' };
      this.send(rtviEvent('server-message', { type: 'invitation', to: name, url, token }));
      return { kind: 'invited' };
    } catch (error) {
      this.#options.telemetry.logger.warn({ err: error }, 'nobody could be invited');
      return { kind: 'failed', why: 'unreachable' };
    }
  }

  #giveAway(to: TransferDestination, signal: AbortSignal): Promise<TransferOutcome> {
    const sessionId = this.#people.first;
    const toEndPoint = endPointOf(to);
    if (sessionId === undefined || toEndPoint === undefined || this.#socket === undefined) {
      return Promise.resolve({ kind: 'failed', why: 'unreachable' });
    }
    const outcome = this.#givingAway.begin(signal);
    this.#socket.send({ kind: 'transfer', sessionId, toEndPoint });
    return outcome;
  }

  close(reason: CloseReason): Promise<void> {
    return (this.#closing ??= this.#close(reason));
  }

  async #close(reason: CloseReason): Promise<void> {
    this.#events = undefined;
    const { clock, timeouts, telemetry } = this.#options;
    if (this.#state.kind === 'open' && this.#people.count > 0) {
      await sleep(clock, timeouts.farewellMs);
    }
    const counts = { messagesDropped: this.#messagesDropped, ...this.#socket?.counts };
    telemetry.logger.debug({ reason, ...counts }, 'Daily transport closed');
    await this.#socket?.leave(LEAVE_WITHIN_MS);
    this.#tearDown(new BotError('peer_failed', 'the call ended before anybody joined'));
    if (this.#isLost) await this.#options.tellLost();
    // Clients see the bot leave and leave by themselves; the rest is removed with the room.
    if (this.#people.count > 0 || this.#isLost) {
      await sleep(clock, timeouts.partingMs);
    }
    await this.#options.release(this.#givingAway.mayHaveGone && this.#people.count === 0);
  }

  #openLeg(): Leg | undefined {
    const { phone, clock, telemetry } = this.#options;
    if (phone === undefined) return undefined;
    const dial = (call: { phoneNumber: string; callerId: string }): void =>
      this.#socket?.send({ kind: 'dial-out', ...call });
    return openLeg(phone, { clock, telemetry, dial, onLost: (error) => this.#fail(error) });
  }

  #connect(): void {
    const { bridge, page, clock, timeouts, roomUrl: url, botToken: token, bundleUrl } = this.#options;
    const { secret, forget } = bridge.expect((socket) => {
      if (this.#state.kind !== 'joining') {
        socket.terminate();
        return;
      }
      this.#socket = new BridgeSocket({
        socket,
        clock,
        pingEveryMs: timeouts.pingEveryMs,
        events: {
          onAudio: (pcm16k) => {
            if (this.#state.kind === 'open') this.#events?.onAudio(pcm16k);
          },
          onMessage: (message) => this.#onPageMessage(message),
          onLost: (why) => this.#onSocketLost(why),
        },
      });
      this.#socket.send({ kind: 'join', url, token, userName: 'Voice agent', bundleUrl });
    });
    this.#forgetSecret = forget;
    page.openCall(secret).catch((error: unknown) => {
      this.#options.onPageHangs();
      this.#fail(BotError.from(error, 'browser_failed', 'the page did not take the call'));
    });
  }

  #onPageMessage(message: FromPage): void {
    switch (message.kind) {
      case 'joined':
        this.#onBotJoined();
        for (const member of message.members) this.#onPeople(this.#people.joined(member));
        return;
      case 'member-joined':
        this.#onPeople(this.#people.joined(message.member));
        return;
      case 'member-updated':
        this.#onPeople(this.#people.updated(message.member));
        return;
      case 'member-left':
        this.#onLeft(message.member.id);
        return;
      case 'dial-in-ready':
        void this.#leg?.ready();
        return;
      case 'dial-out-answered':
        this.#leg?.answered();
        if (this.#state.kind === 'waiting' && this.#people.count > 0) this.#open(this.#state.settle);
        return;
      case 'dial-in-failed':
      case 'dial-out-failed':
        this.#leg?.failed();
        return;
      case 'dial-in-stopped':
      case 'dial-out-stopped':
        this.#onLeft(message.sessionId);
        return;
      case 'transfer-refused':
        this.#givingAway.refused();
        return;
      case 'key':
        if (message.from === '' || this.#people.has(message.from)) this.#press(message.tone);
        return;
      case 'message':
        if (!this.#people.has(message.from)) return;
        if (this.#messageLimit.take()) this.#events?.onMessage(message.data);
        else this.#events?.onMalformed();
        return;
      case 'message-refused':
        this.#messagesDropped += 1;
        return;
      case 'over':
        this.#onMeetingOver(message.stage, message.type);
        return;
      case 'repaired':
        this.#options.telemetry.logger.warn({ what: message.what }, 'the page mended its audio');
        this.#recordIncident(message.what);
        return;
      case 'pong':
        if (!message.audible && this.#state.kind === 'open') this.#recordIncident('not-audible');
    }
  }

  #onBotJoined(): void {
    if (this.#state.kind !== 'joining') return;
    this.#state = { kind: 'waiting', settle: this.#state.settle };
    this.#socket?.watchFrames();
    // A telephone has a time of its own.
    if (this.#leg === undefined) this.#deadline(this.#options.timeouts.callerJoinMs, 'nobody joined the room');
    else this.#timer?.cancel();
    this.#leg?.joined();
  }

  #onPeople(changes: readonly ParticipantsChange[]): void {
    for (const change of changes) {
      switch (change.kind) {
        case 'joined':
          if (this.#state.kind === 'waiting') this.#openUnlessRinging(this.#state.settle);
          else this.#events?.onJoined?.();
          break;
        case 'left':
          this.#events?.onLeft(change.remaining);
          break;
        case 'muted':
          this.#events?.onMuted(change.muted);
      }
    }
  }

  /** A caller who leaves because they are given away has not left the call. */
  #onLeft(id: string): void {
    this.#leg?.failed();
    const changes = this.#people.left(id);
    if (changes.length > 0 && !this.#givingAway.left()) this.#onPeople(changes);
  }

  /** A caller's client would have said it so. */
  #press(button: string): void {
    if (this.#messageLimit.take()) this.#say('dtmf', { button });
    else this.#events?.onMalformed();
  }

  #say(type: string, data: unknown): void {
    this.#events?.onMessage({ label: RTVI_LABEL, type, id: randomUUID(), data });
  }

  /** In the room is whoever was rung, and perhaps nobody has answered yet. */
  #openUnlessRinging(settle: Settle): void {
    if (this.#leg?.mayTalk !== false) this.#open(settle);
  }

  /** Somebody is there. */
  #open(settle: Settle): void {
    this.#timer?.cancel();
    this.#leg?.stop();
    this.#state = { kind: 'open' };
    for (const message of this.#outbox.splice(0)) this.#sendNow(message);
    settle.resolve();
    if (this.#options.phone !== undefined)
      this.#say('client-ready', { version: '2.1.0', about: { library: 'telephone' } });
  }

  #sendNow(message: RtviMessage): void {
    const fitting = fitToRoom(message);
    for (const data of fitting ?? []) this.#socket?.send({ kind: 'message', data, to: '*' });
    if (fitting !== undefined) return;
    this.#messagesDropped += 1;
    this.#options.telemetry.logger.warn({ type: message.type }, 'a message is larger than Daily carries');
    const data = rtviEvent('error', { error: `A message (${message.type}) was too large to be sent.`, fatal: false });
    this.#socket?.send({ kind: 'message', data, to: '*' });
  }

  #onMeetingOver(stage: Stage, type: string): void {
    this.#isLost = true;
    if (stage === 'load') this.#options.onPageSuspect();
    if (stage === 'load') this.#fail(new BotError('daily_unavailable', 'Daily’s call machine could not be loaded.'));
    else this.#fail(new BotError('daily_call_ended', `Daily ended the bot's part of the call (${stage}, ${type}).`));
  }

  #onSocketLost(why: 'socket-closed' | 'page-hangs' | 'deaf'): void {
    this.#isLost = true;
    if (why !== 'socket-closed') this.#options.onPageHangs();
    this.#recordIncident(why);
    this.#fail(new BotError('browser_failed', `The browser lost the call (${why}).`));
  }

  #recordIncident(what: string): void {
    this.#options.telemetry.record('transportIncident', { what });
  }

  #onPageEnd(end: PageEnd): void {
    this.#isLost = true;
    this.#recordIncident(end);
    this.#fail(new BotError('browser_failed', `The browser lost the call (${end}).`));
  }

  #deadline(limitMs: number, message: string, onLate: () => void = () => undefined): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(limitMs, () => {
      onLate();
      this.#fail(new BotError('peer_failed', message));
    });
  }

  /** The call failed, before or after it was open. */
  #fail(error: BotError): void {
    if (this.#state.kind === 'gone' || this.#closing !== undefined) return;
    this.#failure = error;
    const events = this.#state.kind === 'open' ? this.#events : undefined;
    this.#tearDown(error);
    events?.onFailed(error);
  }

  /** Releases socket and listeners at once; `close` gives back the place in the page. Idempotent. */
  #tearDown(error: BotError): void {
    const state = this.#state;
    this.#state = { kind: 'gone' };
    if (state.kind === 'gone') return;
    this.#timer?.cancel();
    this.#leg?.stop();
    this.#unwatchPage();
    this.#forgetSecret();
    this.#socket?.close();
    this.#outbox = [];
    if (state.kind === 'joining' || state.kind === 'waiting') state.settle.reject(error);
  }
}
