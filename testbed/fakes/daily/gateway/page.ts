/* The gateway between a telephone line and a room, as a page: a participant with sound and nothing else. It has no client of the
   bot's, sends no messages, and hears the room. */
import { Peer } from '../call-machine/peer';
import { RoomSocket } from '../call-machine/room-socket';
import type { ToClient } from '../signals';

/** What a test asks of the page. */
export interface GatewayPage {
  /** Joins; resolves when the room has let the caller in. */
  join(url: string, token: string): Promise<void>;
  /** A tone in place of a voice. */
  speak(hz: number): void;
  quiet(): void;
  /** The loudest sample heard since this was last asked, 0–1. */
  loudest(): number;
  /** Whether the line is cut. */
  isOver(): boolean;
}

const context = new AudioContext();
const voice = new GainNode(context, { gain: 0 });
const tone = new OscillatorNode(context);
const microphone = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
tone.connect(voice).connect(microphone);
tone.start();
const peers = new Map<string, Peer>();
let room: RoomSocket | undefined;
let over = false;
let loudest = 0;

function listen(track: MediaStreamTrack): void {
  const stream = new MediaStream([track]);
  // Chromium decodes what an element plays, and nothing else.
  const element = new Audio();
  element.muted = true;
  element.srcObject = stream;
  void element.play();
  const analyser = new AnalyserNode(context, { fftSize: 2048 });
  new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
  }, 20);
}

function meet(sessionId: string): Peer {
  const peer = new Peer({
    localTrack: microphone.stream.getAudioTracks()[0],
    send: (signal) => room?.send({ kind: 'signal', to: sessionId, signal }),
    onTrack: listen,
  });
  peers.set(sessionId, peer);
  return peer;
}

function receive(news: ToClient, joined: () => void, refused: (why: Error) => void): void {
  switch (news.kind) {
    case 'joined':
      for (const { sessionId } of news.others) meet(sessionId).call();
      room?.send({ kind: 'audio', on: true });
      joined();
      return;
    case 'refused':
      refused(new Error(news.message));
      return;
    case 'person-joined':
      meet(news.person.sessionId);
      return;
    case 'signal':
      peers.get(news.from)?.receive(news.signal);
      return;
    case 'over':
      over = true;
      return;
    default:
  }
}

const gateway: GatewayPage = {
  join: (url, token) =>
    new Promise((joined, refused) => {
      const address = new URL(url);
      room = new RoomSocket(address, {
        onOpen: () => room?.send({ kind: 'join', room: address.pathname.slice(1), token, userName: 'Caller' }),
        onMessage: (news) => receive(news, joined, refused),
        onClosed: () => (over = true),
      });
    }),
  speak: (hz) => {
    void context.resume();
    tone.frequency.value = hz;
    voice.gain.value = 0.3;
  },
  quiet: () => (voice.gain.value = 0),
  loudest: () => {
    const heard = loudest;
    loudest = 0;
    return heard;
  },
  isOver: () => over,
};

(globalThis as unknown as { gateway: GatewayPage }).gateway = gateway;
