import Daily from '@daily-co/daily-js';
import { DailyTransport } from '@pipecat-ai/daily-transport';
import type { Line, LineOptions } from './line';
import type { Place } from './place';

/** Through a room at Daily. */
export function openDailyLine(place: Extract<Place, { kind: 'daily' }>, options: LineOptions): Line {
  const transport = new DailyTransport({
    // The page's own microphone, which the caller has been asked for already; false: none.
    audioSource: options.microphone.tracks().local.audio ?? false,
    videoSource: false,
    dailyConfig: {
      // Daily's call machine as a script: the page's policy forbids to evaluate text.
      avoidEval: true,
      useDevicePreferenceCookies: false,
      ...(place.bundleUrl === undefined ? {} : { bundlePathOverride: place.bundleUrl }),
    },
  });
  const call = transport.dailyCallClient;
  let isBroken = false;
  call.on('track-started', ({ track, participant }) => {
    if (track.kind === 'audio' && participant?.local === false) options.onVoice(track);
  });
  // Source: https://docs.daily.co/reference/daily-js/events/network-events#network-connection
  call.on('network-connection', ({ event }) => {
    isBroken = event === 'interrupted';
    options.onNetwork();
  });
  return {
    transport,
    connectParams: { url: place.url, token: place.token },
    replaceMicrophone: (track) => void call.setInputDevicesAsync({ audioSource: track }).catch(() => undefined),
    get isBroken() {
      return isBroken;
    },
    // The transport leaves its call object behind, which then stays for as long as the page.
    stop: () =>
      void Daily.getCallInstance(call.callClientId)
        ?.destroy()
        .catch(() => undefined),
  };
}
