import { watchPeer, type PeerWatch } from '../../client/peer-watch';

/** A peer connection as far as it is watched: it fires events and sends tracks. */
class FakePeerConnection extends EventTarget {
  iceConnectionState: RTCIceConnectionState = 'new';
  readonly sent: unknown[] = [];

  getSenders(): { replaceTrack(track: unknown): Promise<void> }[] {
    return [{ replaceTrack: (track) => Promise.resolve(void this.sent.push(track)) }];
  }

  becomes(state: RTCIceConnectionState): void {
    this.iceConnectionState = state;
    this.dispatchEvent(new Event('iceconnectionstatechange'));
  }

  receives(kind: 'audio' | 'video'): void {
    this.dispatchEvent(Object.assign(new Event('track'), { track: { kind } }));
  }
}

let watch: PeerWatch;
let heard: string[];

beforeEach(() => {
  Object.defineProperty(globalThis, 'RTCPeerConnection', {
    configurable: true,
    writable: true,
    value: FakePeerConnection,
  });
  heard = [];
  watch = watchPeer({
    onAudioTrack: (track) => heard.push(`track ${track.kind}`),
    onIceState: (state) => heard.push(state),
  });
});

afterEach(() => {
  watch.stop();
  Reflect.deleteProperty(globalThis, 'RTCPeerConnection');
});

function connect(): FakePeerConnection {
  return new RTCPeerConnection() as unknown as FakePeerConnection;
}

describe('watching the peer connection', () => {
  it('tells of its network and of the agent’s voice', () => {
    const peer = connect();

    peer.receives('video');
    peer.receives('audio');
    peer.becomes('connected');
    peer.becomes('disconnected');

    expect(heard).toEqual(['track audio', 'connected', 'disconnected']);
    expect(watch.iceState).toBe('disconnected');
  });

  it('follows the newest: an old connection that dies later says nothing', () => {
    const old = connect();
    const young = connect();

    young.receives('audio');
    young.becomes('connected');
    old.becomes('closed');

    expect(heard).toEqual(['track audio', 'connected']);
    expect(watch.iceState).toBe('connected');
  });

  it('gives a new microphone to the connection in use', async () => {
    const [old, young] = [connect(), connect()];
    const track = { kind: 'audio' } as MediaStreamTrack;

    await watch.replaceMicrophone(track);

    expect([old.sent, young.sent]).toEqual([[], [track]]);
  });

  it('leaves the browser as it was', async () => {
    connect();

    watch.stop();

    expect(globalThis.RTCPeerConnection).toBe(FakePeerConnection);
    expect(watch.iceState).toBeUndefined();
    await expect(watch.replaceMicrophone({} as MediaStreamTrack)).resolves.toBeUndefined();
  });
});
