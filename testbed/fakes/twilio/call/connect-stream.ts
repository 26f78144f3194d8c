import { RuleBroken } from '../errors';
import { MediaStream } from '../media/stream';
import { upgrade, type Upgraded } from '../media/upgrade';
import type { Network } from '../network';
import type { Verb } from '../twiml/verbs';
import type { Leg, Next } from './leg';

type Connect = Extract<Verb, { kind: 'connect' }>;

/** `<Connect><Stream>`: until the bot closes the WebSocket, or the call goes elsewhere. */
export async function connectStream(
  call: Leg,
  network: Network,
  { stream: noun, action }: Connect,
  signal: AbortSignal,
): Promise<Next | undefined> {
  const next: Next | undefined = action === undefined ? undefined : { kind: 'ask', action };
  const upgraded = await ask(call, network, noun.url);
  if (upgraded.kind === 'refused') return next;
  const stream = open(call, network, noun, upgraded.socket);
  const stop = (): void => void stream.stop();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  call.connect((spoken, dueMs) => stream.beat(spoken, dueMs));
  const { by, code } = await stream.closed;
  signal.removeEventListener('abort', stop);
  call.log.add({ kind: 'stream-stopped', streamSid: stream.sid, by, code });
  tellOfStream(call, noun, 'stream-stopped', stream.sid);
  if (call.stream === stream) {
    call.connect(undefined);
    return next;
  }
  // A newer stream of the call has taken over: what comes of that one counts.
  return new Promise((resolve) => call.over.addEventListener('abort', () => resolve(undefined), { once: true }));
}

async function ask(call: Leg, network: Network, url: string): Promise<Upgraded> {
  const { signUpgrade: form, headers } = call.faults;
  const beganMs = network.clock.nowMs();
  const upgraded = await upgrade({ url, tokens: network.tokens(), form, headers, landing: network.landing }).catch(
    (error: unknown): Upgraded => {
      if (!(error instanceof RuleBroken)) throw error;
      network.report(call.sid, error);
      return { kind: 'refused', status: 0, landedOn: '' };
    },
  );
  const { landedOn } = upgraded;
  const status = upgraded.kind === 'open' ? 101 : upgraded.status;
  call.log.add({ kind: 'upgrade', url, landedOn, status, ms: network.clock.nowMs() - beganMs });
  if (upgraded.kind === 'refused' && upgraded.landedOn !== '') {
    network.report(call.sid, new RuleBroken(31920, `the upgrade was answered with ${status}`));
  }
  return upgraded;
}

function open(
  call: Leg,
  network: Network,
  noun: Connect['stream'],
  socket: Extract<Upgraded, { kind: 'open' }>['socket'],
): MediaStream {
  const { log } = call;
  const stream: MediaStream = new MediaStream(socket, {
    accountSid: network.accountSid,
    callSid: call.sid,
    url: noun.url,
    parameters: noun.parameters,
    line: call.options.line ?? {},
    faults: call.faults,
    clock: network.clock,
    listener: {
      onStarted: (sid) => {
        log.add({ kind: 'stream-started', streamSid: sid });
        tellOfStream(call, noun, 'stream-started', sid);
      },
      onAudio: (sid) => log.add({ kind: 'audio', streamSid: sid }),
      onMark: (name) => log.add({ kind: 'mark', name }),
      onEcho: (name, wasPlayed) => log.add({ kind: 'echo', name, wasPlayed }),
      onClear: (unheardMs) => log.add({ kind: 'clear', unheardMs }),
      onRuleBroken: (error) => network.report(call.sid, error),
    },
  });
  call.streams.push(stream);
  return stream;
}

function tellOfStream(call: Leg, { statusCallback }: Connect['stream'], event: string, streamSid: string): void {
  if (statusCallback === undefined) return;
  call.tell('stream', statusCallback, {
    StreamEvent: event,
    StreamSid: streamSid,
    Timestamp: new Date().toISOString(),
  });
}
