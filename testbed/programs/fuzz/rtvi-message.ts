import type { Random } from './random';

/** A message that a client of Pipecat might send; all of them are right. */
export function clientMessage(random: Random): Record<string, unknown> {
  const id = `fuzz-${random.integer(0, 1e6)}`;
  const rtvi = (type: string, data: unknown): Record<string, unknown> => ({ label: 'rtvi-ai', type, id, data });
  switch (random.integer(0, 9)) {
    case 0:
      return rtvi('client-ready', {
        version: random.pick(['1.0.0', '2.1.0', '2.2.0', '3.0.0']),
        about: { library: 'fuzz', library_version: '1', platform: 'node' },
      });
    case 1:
    case 2:
      return rtvi('send-text', {
        content: 'Say this again. '.repeat(random.integer(1, 250)),
        options: { run_immediately: random.chance(0.5), audio_response: random.chance(0.5) },
      });
    case 3:
      return rtvi('client-message', { t: random.pick(['a', 'get', 'x']), d: { deep: [1, { a: 'b' }] } });
    case 4:
      return rtvi('append-to-context', { role: 'user', content: 'x', run_immediately: true });
    case 5:
      return rtvi('dtmf', { button: random.pick(['1', '#', '*']) });
    case 6:
      return rtvi(random.pick(['send-file', 'raw-audio', 'raw-audio-batch', 'ui-event', 'llm-function-call-result']), {
        file: { name: 'a.png', format: 'image/png', source: { type: 'bytes', bytes: 'AAAA' } },
        base64Audio: 'AAAA',
        sampleRate: 16_000,
        numChannels: 1,
      });
    case 7:
      return {
        type: 'signalling',
        message: { type: 'trackStatus', receiver_index: random.integer(0, 3), enabled: true },
      };
    case 8:
      return rtvi('describe-config', undefined);
    default:
      return rtvi('send-text', { content: 'Hello there.' });
  }
}
