import { startFakeBedrock, type FakeBedrock } from '../../../../../testbed/fakes/bedrock/server';
import { SCRIPTS, type ScriptName } from '../../../../../testbed/fakes/bedrock/scripts';
import { SonicClient } from '../../../../../testbed/clients/bedrock/sonic-client';
import { beatsFor, FIRST, LONG, MARKER, bargeIn, isAudio, isText, shape } from './support';

let sandbox: FakeBedrock;
let client: SonicClient;

beforeAll(async () => (sandbox = await startFakeBedrock({ voice: 'tone', dialect: 'live', speechScale: 5 })));
afterAll(() => sandbox.close());
afterEach(() => client.abort());

function speaking(script: ScriptName): SonicClient {
  sandbox.behave(SCRIPTS[script].behaviours);
  client = new SonicClient({ url: sandbox.url }).openFed().type(LONG);
  return client;
}

/** Barges in and waits for the answer to that; what came from the barge-in to the caller's words. */
async function cut(): Promise<string[]> {
  const { before } = await bargeIn(client);
  client.silence(500);
  await client.until(isText(/^I heard/), before);
  const shapes = shape(client.events.slice(before));
  return shapes.slice(
    0,
    shapes.findIndex((line) => line.startsWith('text USER')),
  );
}

const withoutFinals = (shapes: readonly string[]): string[] =>
  shapes.filter((line) => !/SPECULATIVE|ASSISTANT (This|And)/.test(line));

describe('a caller who speaks over the answer', () => {
  it('S4, barge-a: is told of by userSpeechStart only; the block ends as PARTIAL_TURN', async () => {
    speaking('barge-a');
    const shapes = await cut();
    expect(shapes[0]).toBe('userSpeechStart');
    expect(shapes).toContain('End AUDIO PARTIAL_TURN');
    expect(shapes.join()).not.toMatch(/INTERRUPTED|interrupted/);
  });

  it('S4, barge-a-stops: the audio simply stops; its block ends before the next answer', async () => {
    speaking('barge-a-stops');
    const shapes = await cut();
    expect(shapes.filter((line) => line.startsWith('End AUDIO'))).toEqual([]);
    const all = shape(client.events);
    const words = all.findIndex((line) => line.startsWith('text USER'));
    expect(all.slice(words).find((line) => line.includes('AUDIO'))).toBe('End AUDIO PARTIAL_TURN');
  });

  it('S4, barge-a-stops-for-good: its block never ends', async () => {
    speaking('barge-a-stops-for-good');
    await cut();
    await client.spoken();
    const starts = shape(client.events).filter((line) => line.startsWith('Start AUDIO'));
    const ends = shape(client.events).filter((line) => line.startsWith('End AUDIO'));
    expect(starts.length - ends.length).toBe(1);
  });

  it('S4, barge-a-runs-on: the old audio goes on', async () => {
    speaking('barge-a-runs-on');
    const { before } = await bargeIn(client);
    const start = await client.until(({ name }) => name === 'userSpeechStart', before);
    await client.until(isAudio, client.events.indexOf(start));
    await client.until(
      ({ name, body }) => name === 'contentEnd' && body['type'] === 'AUDIO',
      client.events.indexOf(start),
    );
    expect(shape(client.events).join()).not.toMatch(/INTERRUPTED|END_TURN/);
    client.silence(500);
    await client.until(isText(/^I heard/), before);
  });

  it('S5, barge-b: AUDIO INTERRUPTED, then the marker; the next turn is as ever', async () => {
    speaking('barge-b');
    const shapes = withoutFinals(await cut());
    const end = shapes.indexOf('End AUDIO INTERRUPTED');
    expect(end).toBeGreaterThan(0);
    expect(shapes.slice(end, end + 4)).toEqual([
      'End AUDIO INTERRUPTED',
      'Start TEXT ASSISTANT FINAL',
      `text ASSISTANT ${MARKER}`,
      'End TEXT INTERRUPTED',
    ]);
    await client.spoken();
  });

  it('S5, barge-b-marker-only: nothing is said of the audio', async () => {
    speaking('barge-b-marker-only');
    const shapes = await cut();
    expect(shapes).toContain('End TEXT INTERRUPTED');
    expect(shapes.join()).not.toContain('AUDIO INTERRUPTED');
  });

  it('S5, barge-b-whole-final: the sentence that was cut is FINAL as a whole, after the marker', async () => {
    speaking('barge-b-whole-final');
    await cut();
    const marker = client.events.findIndex(isText(MARKER));
    await client.until(isText(FIRST), marker);
  });

  it('S5, barge-b-heard-final: of the sentence that was cut, what was heard is FINAL', async () => {
    speaking('barge-b-heard-final');
    await client.until(isAudio);
    await beatsFor(sandbox, 300);
    await cut();
    const marker = client.events.findIndex(isText(MARKER));
    const { body } = await client.until(isText(/^This/), marker);
    const part = String(body['content']);
    expect(FIRST.startsWith(part)).toBe(true);
    expect(part.length).toBeLessThan(FIRST.length);
  });

  it('S6, barge-c: the audio has ended with END_TURN when the marker comes', async () => {
    speaking('barge-c');
    const shapes = withoutFinals(await cut());
    const end = shapes.indexOf('End AUDIO END_TURN');
    expect(end).toBeGreaterThan(0);
    expect(shapes.slice(end + 1, end + 4)).toEqual([
      'Start TEXT ASSISTANT FINAL',
      `text ASSISTANT ${MARKER}`,
      'End TEXT INTERRUPTED',
    ]);
  });

  it('barge-d: AUDIO INTERRUPTED and no marker', async () => {
    speaking('barge-d');
    const shapes = await cut();
    expect(shapes).toContain('End AUDIO INTERRUPTED');
    expect(shapes.join()).not.toMatch(/TEXT INTERRUPTED|interrupted/);
  });

  it('barge-f: is told of by the words only', async () => {
    speaking('barge-f');
    const { before } = await bargeIn(client);
    client.silence(500);
    await client.until(isText(/^\[0/), before);
    expect(client.names()).not.toContain('userSpeechStart');
    expect(client.names()).not.toContain('userSpeechEnd');
    await client.until(isText(/^I heard/), before);
    expect(shape(client.events).join()).not.toMatch(/INTERRUPTED|interrupted/);
  });
});

describe('own text while it speaks', () => {
  it('S12, barge-e: cuts the answer with the marker, and is answered', async () => {
    speaking('barge-e');
    await client.until(isAudio);
    client.silence(100).type('Say exactly: "Well."');
    await client.until(isText(MARKER));
    await client.until(isText('Well.'));
    await client.spoken();
    expect(client.names()).not.toContain('userSpeechStart');
  });

  it('S12, barge-e-unanswered: cuts the answer, and that was all', async () => {
    speaking('barge-e-unanswered');
    await client.until(isAudio);
    client.silence(100).type('Say exactly: "Well."');
    const marker = await client.until(isText(MARKER));
    const from = client.events.indexOf(marker);
    client.silence(100).type('Say exactly: "Again."');
    await client.until(isText('Again.'), from);
    expect(client.events.some(isText('Well.'))).toBe(false);
  });
});
