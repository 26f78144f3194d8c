/** What the page wants to know of its peer connection. */
export interface PeerEvents {
  onAudioTrack(track: MediaStreamTrack): void;
  onIceState(state: RTCIceConnectionState): void;
}

/** The peer connection in use, seen from outside the client. */
export interface PeerWatch {
  /** Sends `track` in place of the microphone track sent so far. */
  replaceMicrophone(track: MediaStreamTrack): Promise<void>;
  readonly iceState: RTCIceConnectionState | undefined;
  stop(): void;
}

/**
 * Watches each peer connection made from now on, newest first. The Pipecat client does not expose its own, does not
 * report a broken network, and after a reconnection often does not report the new track although its audio is
 * arriving. (small-webrtc-transport 1.10.8) `RTCPeerConnection` may be subclassed, so no private name is touched.
 */
export function watchPeer(events: PeerEvents): PeerWatch {
  const Native = globalThis.RTCPeerConnection;
  let current: RTCPeerConnection | undefined;
  class WatchedPeerConnection extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      // oxlint-disable-next-line typescript/no-this-alias -- the newest is the one in use
      current = this;
      this.addEventListener('track', ({ track }) => {
        if (track.kind === 'audio' && current === this) events.onAudioTrack(track);
      });
      this.addEventListener('iceconnectionstatechange', () => {
        if (current === this) events.onIceState(this.iceConnectionState);
      });
    }
  }
  globalThis.RTCPeerConnection = WatchedPeerConnection;
  return {
    async replaceMicrophone(track) {
      await current?.getSenders()[0]?.replaceTrack(track);
    },
    get iceState() {
      return current?.iceConnectionState;
    },
    stop() {
      if (globalThis.RTCPeerConnection === WatchedPeerConnection) globalThis.RTCPeerConnection = Native;
      current = undefined;
    },
  };
}
