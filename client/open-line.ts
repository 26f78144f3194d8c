import type { Line, LineOptions } from './line';
import type { Place } from './place';
import { openWebRtcLine } from './webrtc-line';

/** The line to where the call takes place. Daily's code is larger than the page: only who needs it loads it. */
export async function openLine(place: Place, options: LineOptions): Promise<Line> {
  if (place.kind === 'webrtc') return openWebRtcLine(place, options);
  const { openDailyLine } = await import('./daily-line.js');
  return openDailyLine(place, options);
}
