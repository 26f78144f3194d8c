/* One call in the page: a room on one side, the bot's WebSocket on the other. */
import Daily, { type DailyCall, type DailyEventObjectDtmfEvent, type DailyParticipant } from '@daily-co/daily-js';
import {
  BOT_USER_PREFIX,
  type FromPage,
  type Repair,
  type RoomMember,
  type Stage,
  type ToPage,
} from '../bridge/control';
import type { CallAudioOptions } from './call-audio';
import { fatalType } from './fatal';
import { RemoteAudio } from './remote-audio';
import { keepRunning, openSound, pieceSamplesOf, SLOTS } from './sound';

const AUDIO_ONLY = { audio: true, video: false, screenAudio: false, screenVideo: false };

interface KeyEvents {
  on(name: 'dtmf-event', handler: (event: DailyEventObjectDtmfEvent) => void): void;
}

export class PageCall {
  readonly #socket: WebSocket;
  readonly #onClosed: () => void;
  readonly #voices = new Map<string, RemoteAudio>();
  readonly #freeSlots = Array.from({ length: SLOTS }, (_, slot) => slot).reverse();
  #context: AudioContext | undefined;
  #node: AudioWorkletNode | undefined;
  #destination: MediaStreamAudioDestinationNode | undefined;
  #daily: DailyCall | undefined;
  #stage: Stage = 'load';
  #closed = false;

  constructor(secret: string, onClosed: () => void) {
    this.#onClosed = onClosed;
    this.#socket = new WebSocket(`ws://${window.location.host}/call`, secret);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
      if (typeof data === 'string') this.#obey(JSON.parse(data) as ToPage);
      else this.#node?.port.postMessage(data, [data]);
    };
    this.#socket.onclose = () => void this.close();
  }

  get voices(): number {
    return [...this.#voices.values()].filter((voice) => voice.isHeard).length;
  }

  /** Leaves the room and lets go of everything. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const voice of this.#voices.values()) voice.close();
    this.#voices.clear();
    try {
      await this.#daily?.destroy();
    } catch {
      // What cannot be destroyed goes with the page.
    }
    this.#node?.port.postMessage('close');
    if (this.#node !== undefined) this.#node.port.onmessage = null;
    this.#node?.disconnect();
    for (const track of this.#destination?.stream.getTracks() ?? []) track.stop();
    this.#socket.close();
    this.#onClosed();
  }

  #obey(message: ToPage): void {
    switch (message.kind) {
      case 'join':
        void this.#join(message);
        return;
      case 'message':
        this.#sendMessage(message.data, message.to);
        return;
      case 'dial-out':
        void this.#dialOut(message.phoneNumber, message.callerId);
        return;
      case 'transfer':
        void this.#transfer(message.sessionId, message.toEndPoint);
        return;
      case 'ping':
        this.#tell({ kind: 'pong', n: message.n, audible: this.#isAudible() });
        return;
      case 'leave':
        void this.close();
    }
  }

  async #join({ url, token, userName, bundleUrl }: Extract<ToPage, { kind: 'join' }>): Promise<void> {
    try {
      this.#context = await openSound();
      if (this.#isClosed()) return;
      const track = this.#createVoice(this.#context);
      const daily = Daily.createCallObject({
        allowMultipleCallInstances: true,
        audioSource: track,
        videoSource: false,
        startVideoOff: true,
        startAudioOff: false,
        subscribeToTracksAutomatically: false,
        dailyConfig: {
          // A script element rather than eval(), and none of the page's devices.
          avoidEval: true,
          useDevicePreferenceCookies: false,
          ...(bundleUrl === undefined ? {} : { bundlePathOverride: bundleUrl }),
        },
      });
      this.#daily = daily;
      this.#listen(daily);
      await daily.load();
      removeLoadedScripts();
      if (this.#isClosed()) return;
      this.#stage = 'join';
      const participants = await daily.join({ url, token, userName });
      this.#stage = 'call';
      // The room or the token may have muted everybody who joins.
      if (!daily.localAudio()) daily.setLocalAudio(true);
      const others = Object.values(participants ?? {}).filter(({ local }) => !local);
      for (const other of others) this.#meet(other);
      this.#tell({ kind: 'joined', members: others.map(memberOf) });
    } catch (error) {
      this.#over(fatalType(error));
    }
  }

  /** The bot's voice as a track, silent until there is something to say: clients wait for a track that plays. */
  #createVoice(context: AudioContext): MediaStreamTrack {
    const node = new AudioWorkletNode(context, 'call-audio', {
      numberOfInputs: SLOTS,
      numberOfOutputs: 1,
      outputChannelCount: [1],
      channelCount: 1,
      channelCountMode: 'explicit',
      processorOptions: { pieceSamples: pieceSamplesOf(context) } satisfies CallAudioOptions,
    });
    node.port.onmessage = ({ data }: MessageEvent<ArrayBuffer | { zeroMs: number[] }>) => {
      if (data instanceof ArrayBuffer) this.#sendFrame(data);
      else this.#check(data.zeroMs);
    };
    node.onprocessorerror = () => {
      this.#repaired('worklet-failed');
      this.#over('worklet-failed');
    };
    this.#node = node;
    this.#destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    node.connect(this.#destination);
    const [track] = this.#destination.stream.getAudioTracks();
    if (track === undefined) throw new Error('no track');
    track.contentHint = 'speech';
    return track;
  }

  #listen(daily: DailyCall): void {
    daily.on('participant-joined', ({ participant }) => {
      this.#meet(participant);
      this.#tell({ kind: 'member-joined', member: memberOf(participant) });
    });
    daily.on('participant-updated', ({ participant }) => {
      if (participant.local) return;
      this.#hear(participant);
      this.#tell({ kind: 'member-updated', member: memberOf(participant) });
    });
    daily.on('participant-left', ({ participant }) => {
      const voice = this.#voices.get(participant.session_id);
      if (voice !== undefined) {
        voice.close();
        this.#voices.delete(participant.session_id);
        this.#freeSlots.push(voice.slot);
      }
      this.#tell({ kind: 'member-left', member: memberOf(participant) });
    });
    daily.on('track-started', ({ participant }) => {
      if (participant !== null && !participant.local) this.#hear(participant);
    });
    daily.on('app-message', ({ data, fromId }) => this.#tell({ kind: 'message', from: fromId, data: data as unknown }));
    daily.on('dialin-ready', () => this.#tell({ kind: 'dial-in-ready' }));
    daily.on('dialin-error', () => this.#tell({ kind: 'dial-in-failed' }));
    daily.on('dialin-stopped', ({ sessionId }) => this.#tell({ kind: 'dial-in-stopped', sessionId }));
    daily.on('dialout-answered', () => this.#tell({ kind: 'dial-out-answered' }));
    daily.on('dialout-error', () => this.#tell({ kind: 'dial-out-failed' }));
    daily.on('dialout-stopped', ({ sessionId }) => this.#tell({ kind: 'dial-out-stopped', sessionId }));
    // Its types have this event, and leave it out of the list of names.
    (daily as unknown as KeyEvents).on('dtmf-event', ({ tone, sessionId = '' }) => {
      this.#tell({ kind: 'key', from: sessionId, tone });
    });
    // Comes before the promises of load() and join() are rejected, too.
    daily.on('error', (event) => this.#over(fatalType(event)));
    daily.on('left-meeting', () => this.#over('left'));
  }

  /** Only people are heard, and only their voices. */
  #meet(participant: DailyParticipant): void {
    if (participant.local || participant.user_id.startsWith(BOT_USER_PREFIX)) return;
    this.#daily?.updateParticipant(participant.session_id, { setSubscribedTracks: AUDIO_ONLY });
    this.#hear(participant);
  }

  #hear(participant: DailyParticipant): void {
    if (participant.user_id.startsWith(BOT_USER_PREFIX) || this.#closed) return;
    const { state, persistentTrack, track = persistentTrack } = participant.tracks.audio;
    let voice = this.#voices.get(participant.session_id);
    if (state !== 'playable' || track === undefined) {
      if (state === 'off' || state === 'blocked') voice?.pause();
      return;
    }
    if (voice === undefined && this.#context !== undefined && this.#node !== undefined) {
      // Beyond the last slot voices share it: they are summed anyway.
      const slot = this.#freeSlots.length > 1 ? (this.#freeSlots.pop() ?? 0) : (this.#freeSlots[0] ?? 0);
      const repaired = (what: Repair): void => this.#repaired(what);
      voice = new RemoteAudio({ context: this.#context, node: this.#node, slot, repaired });
      this.#voices.set(participant.session_id, voice);
    }
    voice?.hear(track);
  }

  /** Once a second. */
  #check(zeroMs: readonly number[]): void {
    if (this.#context !== undefined) keepRunning(this.#context, (what) => this.#repaired(what));
    for (const voice of this.#voices.values()) voice.check(zeroMs[voice.slot] ?? 0);
    if (this.#daily?.meetingState() !== 'joined-meeting') return;
    if (!this.#daily.localAudio()) {
      this.#repaired('bot-was-muted');
      this.#daily.setLocalAudio(true);
    }
    for (const participant of Object.values(this.#daily.participants())) {
      const isPerson = !participant.local && !participant.user_id.startsWith(BOT_USER_PREFIX);
      if (!isPerson || participant.tracks.audio.subscribed !== false || participant.tracks.audio.state === 'off')
        continue;
      this.#repaired('not-subscribed');
      this.#daily.updateParticipant(participant.session_id, { setSubscribedTracks: AUDIO_ONLY });
    }
  }

  #sendMessage(data: unknown, to: string): void {
    try {
      this.#daily?.sendAppMessage(data, to);
    } catch {
      this.#tell({ kind: 'message-refused' });
    }
  }

  /** That somebody answers is told by an event; one that cannot begin may have none. */
  async #dialOut(phoneNumber: string, callerId: string): Promise<void> {
    try {
      await this.#daily?.startDialOut({ phoneNumber, callerId, displayName: 'Caller' });
    } catch {
      this.#tell({ kind: 'dial-out-failed' });
    }
  }

  /** That it succeeds is seen by the caller's leaving. */
  async #transfer(sessionId: string, toEndPoint: string): Promise<void> {
    try {
      await this.#daily?.sipCallTransfer({ sessionId, toEndPoint });
    } catch {
      this.#tell({ kind: 'transfer-refused' });
    }
  }

  /** Asked after a wait, in which the bot may have given the call up. */
  #isClosed(): boolean {
    return this.#closed;
  }

  #isAudible(): boolean {
    const [track] = this.#destination?.stream.getAudioTracks() ?? [];
    return track?.readyState === 'live' && this.#context?.state === 'running';
  }

  #over(type: string): void {
    if (this.#closed) return;
    this.#tell({ kind: 'over', stage: this.#stage, type });
    void this.close();
  }

  #repaired(what: Repair): void {
    this.#tell({ kind: 'repaired', what });
  }

  #tell(message: FromPage): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #sendFrame(frame: ArrayBuffer): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(frame);
  }
}

function memberOf(participant: DailyParticipant): RoomMember {
  const { state } = participant.tracks.audio;
  return {
    id: participant.session_id,
    userId: participant.user_id,
    muted: state === 'off' || state === 'blocked',
  };
}

/** daily-js adds one for each call and never takes it away; once run, nobody needs them. */
function removeLoadedScripts(): void {
  for (const script of document.querySelectorAll('script[src*="call-machine-object-bundle"]')) script.remove();
}
