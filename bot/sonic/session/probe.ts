import type { Clock } from '../../time';
import type { SessionOptions } from '../speech-model';
import { attemptTimedOut, classifyEnd } from '../stream/classify';
import type { StreamFailure } from '../stream/failure';
import type { StreamOpener } from '../stream/model-stream';
import type { InferenceConfiguration } from '../wire';
import { StreamSession } from './stream-session';

export interface ProbeOptions {
  readonly opener: StreamOpener;
  readonly clock: Clock;
  readonly session: SessionOptions;
  readonly inference: InferenceConfiguration;
  /** How long it may take. */
  readonly withinMs: number;
  /** A refusal inside the stream comes at once: one that lasts this long was opened. */
  readonly provenAfterMs: number;
}

/** Opens a stream as a call would and closes it. Resolves with why it could not be opened, if so; never rejects. */
export function probeModel(options: ProbeOptions): Promise<StreamFailure | undefined> {
  const { opener, clock, session, inference, withinMs, provenAfterMs } = options;
  return new Promise((resolve) => {
    const settle = (failure: StreamFailure | undefined): void => {
      timer.cancel();
      void stream.drain();
      resolve(failure);
    };
    const stream = new StreamSession(opener, session, inference, {
      onAccepted: () => {
        timer.cancel();
        timer = clock.after(provenAfterMs, () => settle(undefined));
      },
      onEffects: () => settle(undefined),
      onClose: (end) => settle(end.kind === 'failed' ? end.failure : classifyEnd(undefined, undefined)),
    });
    // The service may send its headers only with its first event: then having stayed connected must do.
    let timer = clock.after(withinMs, () =>
      settle(stream.progress === 'connected' ? undefined : attemptTimedOut(stream.progress)),
    );
    stream.begin({ messages: [], question: undefined });
    stream.sendFrame(undefined);
  });
}
