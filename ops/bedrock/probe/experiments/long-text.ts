const STORY = [
  'Once upon a time there was a house by the sea, and in it lived a man who had never seen a town, who every morning went down to the water with his nets, and every evening came back with empty hands and a full heart.',
  'One day a ship came by, larger than any that had ever been seen on that coast, and it did not stop for him, though he waved and called until the sun went down, and when it was dark he saw a light far out that did not move.',
  'In the night the wind turned, the waves grew high, and the light came nearer and nearer to the black rocks.',
].join(' ');
/** Typed, it brings an answer that lasts long enough to be spoken or typed into. */
export const LONG_TEXT = `Say exactly: "${STORY}"`;
