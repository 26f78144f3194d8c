/* A call machine for one call object: what daily-js asks for, answered by a room of the sandbox. */
import type { FatalType, Person, ToClient } from '../signals';
import { Channel, dailyGlobals, type ChannelMessage } from './channel';
import { LevelObserver } from './levels';
import { participantOf, type AudioState } from './participants';
import { Peer } from './peer';
import { RoomSocket } from './room-socket';

interface Other {
  person: Person;
  readonly peer: Peer;
  track: MediaStreamTrack | undefined;
  subscribed: boolean;
  /** Media has come at least once. */
  flowing: boolean;
  readonly startedAt: string;
}

interface JoinProperties {
  readonly url: string;
  readonly token?: string;
  readonly userName?: string;
  readonly startAudioOff?: boolean;
  readonly subscribeToTracksAutomatically?: boolean;
}

export class CallMachine {
  readonly #callClientId: string;
  readonly #channel: Channel;
  readonly #others = new Map<string, Other>();
  #room: RoomSocket | undefined;
  #self: Person | undefined;
  #localTrack: MediaStreamTrack | undefined;
  /** Captured here, so also stopped here. */
  #ownsTrack = false;
  #audioOn = true;
  #subscribes = true;
  #vanished = false;
  #levels: LevelObserver | undefined;
  /** Of the telephone: all that was asked for, to answer each. */
  readonly #asked: ChannelMessage[] = [];

  constructor(callClientId: string) {
    this.#callClientId = callClientId;
    this.#channel = new Channel(callClientId, (message) => void this.#handle(message));
    const instance = dailyGlobals().instances[callClientId];
    if (instance === undefined) throw new Error('there is no such call object');
    instance.callMachine = { store: { getState: () => this.#state() }, reset: () => this.#tearDown() };
    this.#channel.emit('call-machine-initialized');
    this.#channel.emit('loaded');
  }

  async #handle(message: ChannelMessage): Promise<void> {
    switch (message.action) {
      case 'join-meeting':
        return this.#join(message);
      case 'leave-meeting':
        this.#tearDown();
        this.#channel.emit('left-meeting');
        return;
      case 'start-camera':
        return this.#startCamera(message);
      case 'app-msg':
        this.#room?.send({ kind: 'app', to: String(message['to']), data: message['data'] });
        return;
      case 'local-audio':
        return this.#setAudio(message['state'] === true);
      case 'update-participant':
        this.#updateParticipant(String(message['id']), message['properties'] as ParticipantChanges);
        return;
      case 'update-participants':
        for (const [id, changes] of Object.entries(message['participants'] as Record<string, ParticipantChanges>)) {
          this.#updateParticipant(id, changes);
        }
        return;
      case 'sip-call-transfer':
        this.#room?.send({
          kind: 'transfer',
          id: this.#asked.push(message) - 1,
          sessionId: String(message['sessionId']),
          toEndPoint: String(message['toEndPoint']),
        });
        return;
      case 'dialout-start': {
        const { phoneNumber, sipUri, callerId, displayName } = message;
        const options = { phoneNumber, sipUri, callerId, displayName };
        this.#room?.send({ kind: 'dial-out', id: this.#asked.push(message) - 1, options });
        return;
      }
      case 'lib-room-info':
        this.#channel.reply(message, { id: 'sandbox', name: 'room', config: {}, domainConfig: {}, tokenConfig: {} });
        return;
      case 'start-remote-participants-audio-level-observer':
      case 'start-local-audio-level-observer':
        this.#levels ??= new LevelObserver((action, fields) => this.#channel.emit(action, fields));
        this.#channel.reply(message);
        return;
      default:
        this.#channel.reply(message);
    }
  }

  async #join(message: ChannelMessage): Promise<void> {
    const properties = message['properties'] as JoinProperties;
    const preload = message['preloadCache'] as { subscribeToTracksAutomatically?: boolean } | undefined;
    this.#subscribes = preload?.subscribeToTracksAutomatically !== false;
    this.#audioOn = properties.startAudioOff !== true;
    try {
      await this.#takeLocalTrack(message);
    } catch (error) {
      this.#channel.emit('camera-error', { errorMsg: String(error), error: { type: 'not-found', msg: String(error) } });
    }
    if (this.#localTrack !== undefined) this.#localTrack.enabled = this.#audioOn;
    const url = new URL(properties.url);
    this.#room = new RoomSocket(url, {
      onOpen: () => {
        const room = url.pathname.replace(/^\//, '');
        const userName = properties.userName ?? '';
        const token = properties.token ?? url.searchParams.get('t') ?? undefined;
        this.#room?.send({ kind: 'join', room, token, userName });
        this.#room?.send({ kind: 'audio', on: this.#audioOn && this.#localTrack !== undefined });
      },
      onMessage: (news) => this.#onNews(news),
      onClosed: () => this.#fail('connection-error', 'The connection to the meeting server was lost.'),
    });
    this.#channel.reply(message);
  }

  #onNews(news: ToClient): void {
    if (this.#vanished) return;
    switch (news.kind) {
      case 'joined':
        this.#self = news.self;
        for (const person of news.others) this.#meet(person).peer.call();
        this.#channel.emit('joined-meeting', {
          participants: Object.fromEntries([
            ['local', this.#localParticipant(news.self)],
            ...news.others.map((person) => [person.sessionId, this.#participant(person)]),
          ]) as object,
          internal: {},
        });
        return;
      case 'refused':
      case 'over':
        this.#fail(news.type, news.message);
        return;
      case 'person-joined':
        this.#meet(news.person);
        this.#channel.emit('participant-joined', { participant: this.#participant(news.person) });
        return;
      case 'person-updated':
        this.#onPersonUpdated(news.person);
        return;
      case 'person-left':
        this.#others.get(news.person.sessionId)?.peer.close();
        this.#channel.emit('participant-left', {
          participant: this.#participant(news.person),
          reason: 'leftVoluntarily',
        });
        this.#others.delete(news.person.sessionId);
        return;
      case 'signal':
        this.#others.get(news.from)?.peer.receive(news.signal);
        return;
      case 'app':
        this.#channel.emit('app-message', { data: news.data, fromId: news.from });
        return;
      case 'phone':
        this.#channel.emit(news.event, news.fields);
        return;
      case 'answer': {
        const asked = this.#asked[news.id];
        if (asked !== undefined) this.#channel.reply(asked, news.fields);
        return;
      }
      case 'vanish':
        // As when the network goes: no goodbye, and nothing is ever noticed here.
        this.#vanished = true;
        for (const { peer } of this.#others.values()) peer.close();
    }
  }

  #onPersonUpdated(person: Person): void {
    if (person.sessionId === this.#self?.sessionId) {
      this.#self = person;
      this.#channel.emit('participant-updated', { participant: this.#localParticipant(person) });
      return;
    }
    const other = this.#others.get(person.sessionId);
    if (other === undefined) return;
    other.person = person;
    this.#announce(other);
  }

  #meet(person: Person): Other {
    const peer = new Peer({
      localTrack: this.#localTrack,
      send: (signal) => this.#room?.send({ kind: 'signal', to: person.sessionId, signal }),
      onTrack: (track) => {
        const other = this.#others.get(person.sessionId);
        if (other === undefined) return;
        other.track = track;
        const flow = (): void => {
          other.flowing = true;
          this.#announce(other);
        };
        if (track.muted) track.addEventListener('unmute', flow, { once: true });
        else flow();
      },
    });
    const other: Other = {
      person,
      peer,
      track: undefined,
      subscribed: this.#subscribes,
      flowing: false,
      startedAt: new Date().toISOString(),
    };
    this.#others.set(person.sessionId, other);
    return other;
  }

  #announce({ person }: Other): void {
    this.#channel.emit('participant-updated', { participant: this.#participant(person) });
  }

  #participant(person: Person): object {
    const other = this.#others.get(person.sessionId);
    const state: AudioState = !person.audio
      ? 'off'
      : other?.subscribed !== true
        ? 'sendable'
        : other.flowing
          ? 'playable'
          : 'loading';
    return participantOf(person, { local: false, audio: state, subscribed: other?.subscribed === true });
  }

  #localParticipant(self: Person): object {
    const state: AudioState = self.audio && this.#localTrack !== undefined ? 'playable' : 'off';
    return participantOf(self, { local: true, audio: state, subscribed: true });
  }

  #updateParticipant(id: string, changes: ParticipantChanges): void {
    const other = this.#others.get(id);
    const wanted = changes.setSubscribedTracks;
    if (other === undefined || wanted === undefined) return;
    other.subscribed = typeof wanted === 'boolean' ? wanted : wanted.audio === true;
    this.#announce(other);
  }

  async #setAudio(on: boolean): Promise<void> {
    this.#audioOn = on;
    if (on && this.#localTrack === undefined) {
      const track = await this.#capture();
      for (const { peer } of this.#others.values()) await peer.setTrack(track);
    }
    if (this.#localTrack !== undefined) this.#localTrack.enabled = on;
    this.#room?.send({ kind: 'audio', on });
  }

  async #startCamera(message: ChannelMessage): Promise<void> {
    try {
      await this.#takeLocalTrack(message);
      const mic = { deviceId: 'default', kind: 'audioinput', label: 'microphone', groupId: '' };
      this.#channel.reply(message, { camera: {}, mic, speaker: {} });
    } catch (error) {
      this.#channel.reply(message, { error: { type: 'not-found', msg: String(error) } });
    }
  }

  /** The track that the page brought, or the machine's microphone. */
  async #takeLocalTrack(message: ChannelMessage): Promise<void> {
    const shared = dailyGlobals().instances[this.#callClientId]?.tracks.audioTrack;
    if (shared !== undefined) {
      this.#localTrack = shared;
      return;
    }
    const { startAudioOff } = message['properties'] as JoinProperties;
    if (this.#localTrack === undefined && startAudioOff !== true) await this.#capture();
  }

  async #capture(): Promise<MediaStreamTrack | null> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const [track] = stream.getAudioTracks();
    this.#localTrack = track;
    this.#ownsTrack = true;
    return track ?? null;
  }

  /** What daily-js looks tracks up in. */
  #state(): unknown {
    const local = this.#localTrack === undefined ? new MediaStream() : new MediaStream([this.#localTrack]);
    const streams = [...this.#others.values()].flatMap(({ person, track, subscribed, startedAt }) =>
      track === undefined || !subscribed
        ? []
        : [
            [
              person.sessionId,
              { participantId: person.sessionId, type: 'cam', pendingTrack: track, starttime: startedAt },
            ],
          ],
    );
    return {
      local: { public: {}, streams: { cam: { stream: local } } },
      participants: {},
      streams: Object.fromEntries(streams) as object,
    };
  }

  #fail(type: FatalType, message: string): void {
    if (this.#vanished) return;
    this.#tearDown();
    this.#channel.emit('error', { errorMsg: message, error: { type, msg: message } });
  }

  /** Ends the meeting, not the machine: the same call object may join another. */
  #tearDown(): void {
    this.#room?.close();
    this.#room = undefined;
    this.#self = undefined;
    for (const { peer } of this.#others.values()) peer.close();
    this.#others.clear();
    this.#levels?.close();
    this.#levels = undefined;
    if (this.#ownsTrack) {
      this.#localTrack?.stop();
      this.#localTrack = undefined;
      this.#ownsTrack = false;
    }
    // A call object that was destroyed has taken its entry away; nobody speaks to this machine again.
    setTimeout(() => {
      if (dailyGlobals().instances[this.#callClientId] === undefined) this.#channel.close();
    }, 1_000);
  }
}

interface ParticipantChanges {
  readonly setSubscribedTracks?: boolean | { readonly audio?: boolean };
}
