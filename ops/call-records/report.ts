import { basename, resolve } from 'node:path';
import { recordKey } from '../../contract/call-record';
import type { Command } from '../cli/command';
import { reportOf } from '../cli/report';
import { recordOf } from './find';
import { callPage } from './page';
import { PLACE_FLAGS, storeOf } from './place';
import { writePrivately } from './private-file';
import { soundOf } from './sound';

export const reportCall: Command = {
  details: `Writes one call as a page: both sides on one line of time, the recording to listen to where there is one, what was said, tools and
latencies. The page is one file, asks nobody for anything, and is for its owner alone to read.`,
  positionals: [{ name: 'call', description: 'the id of the call' }],
  flags: {
    ...PLACE_FLAGS,
    out: { type: 'string', value: 'PATH', description: 'the file [call-ID.html]' },
  },
  run: async (context) => {
    const { flags, io } = context;
    const store = storeOf(context);
    const record = await recordOf(store, flags.text('call') ?? '');
    const { sound, why } = await soundOf(store, record);
    const file = resolve(io.folder, flags.text('out') ?? `call-${basename(recordKey(record), '.json')}.html`);
    await writePrivately(file, [callPage(record, sound)]);
    return {
      ...reportOf('Written', { status: 'changed', subject: file, text: why ?? 'with its recording' }),
      data: { file, hasSound: sound !== undefined },
    };
  },
};
