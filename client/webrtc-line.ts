import { SmallWebRTCTransport } from '@pipecat-ai/small-webrtc-transport';
import type { Line, LineOptions } from './line';
import { watchPeer } from './peer-watch';
import type { Place } from './place';

/** Straight to the bot. */
export function openWebRtcLine(place: Extract<Place, { kind: 'webrtc' }>, options: LineOptions): Line {
  const watch = watchPeer({ onAudioTrack: (track) => options.onVoice(track), onIceState: () => options.onNetwork() });
  return {
    transport: new SmallWebRTCTransport({ mediaManager: options.microphone }),
    connectParams: {
      webrtcRequestParams: { endpoint: place.offerUrl },
      ...(place.iceServers.length === 0 ? {} : { iceConfig: { iceServers: place.iceServers } }),
    },
    replaceMicrophone: (track) => void watch.replaceMicrophone(track),
    get isBroken() {
      return watch.iceState === 'disconnected' || watch.iceState === 'failed';
    },
    stop: () => watch.stop(),
  };
}
