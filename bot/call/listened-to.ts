import type { CallTransport } from '../transport/transport';

type Output = Pick<CallTransport, 'play' | 'flush' | 'queuedMs' | 'leadMs'>;

/** The same output, whose sound is told as it is played: at most the output's lead before the caller hears it. */
export function listenedTo(output: Output, onSound: (pcm24k: Int16Array) => void): Output {
  const { leadMs } = output;
  return {
    ...(leadMs === undefined ? {} : { leadMs }),
    get queuedMs() {
      return output.queuedMs;
    },
    play: (pcm24k) => {
      onSound(pcm24k);
      output.play(pcm24k);
    },
    flush: () => output.flush(),
  };
}
