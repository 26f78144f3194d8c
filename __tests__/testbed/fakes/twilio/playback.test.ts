import { Playback } from '../../../../testbed/fakes/twilio/media/playback';

const FRAME = new Uint8Array(160);

function open(): { playback: Playback; echoes: string[] } {
  const echoes: string[] = [];
  const playback = new Playback((name, wasPlayed) => void echoes.push(`${name}${wasPlayed ? '' : ' unheard'}`));
  return { playback, echoes };
}

it('plays one frame a beat, and echoes a mark once the frame before it is over', () => {
  const { playback, echoes } = open();
  playback.media(new Uint8Array(320));
  playback.mark('end');
  expect(playback.unheardMs).toBe(40);
  expect(playback.beat()).toHaveLength(160);
  expect(playback.beat()).toHaveLength(160);
  expect([playback.unheardMs, echoes]).toEqual([0, []]);
  expect(playback.beat()).toBeUndefined();
  expect(echoes).toEqual(['end']);
});

it('echoes at once where nothing is left to play', () => {
  const { playback, echoes } = open();
  playback.mark('first');
  expect(echoes).toEqual(['first']);
});

it('empties on clear and echoes all that is pending, though nobody heard it', () => {
  const { playback, echoes } = open();
  playback.media(new Uint8Array(160 * 50));
  playback.mark('a');
  playback.media(FRAME);
  playback.mark('b');
  playback.beat();
  expect(playback.clear()).toBe(1_000);
  expect(echoes).toEqual(['a unheard', 'b unheard']);
  expect(playback.beat()).toBeUndefined();
  expect(playback.clear()).toBe(0);
  expect(playback.mostUnheardMs).toBe(1_020);
});

it('counts gaps within speech, and no pauses between turns', () => {
  const { playback } = open();
  const play = (beatsOfSilence: number): void => {
    playback.media(FRAME);
    playback.beat();
    for (let beat = 0; beat < beatsOfSilence; beat += 1) playback.beat();
  };
  play(0);
  play(3);
  play(50);
  play(0);
  expect(playback.underruns).toBe(1);
});
