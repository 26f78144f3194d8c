/** The parts of the demo's call, and what each is to prove. */
export const STEPS = {
  greeting: 'The bot speaks first.',
  question: 'It understands a recorded voice, and what it hears of it is undamaged.',
  bargeIn: 'Interrupted in the middle of a sentence, it is silent at once, and answers what was said instead.',
  tool: 'Typed to, it asks a tool and says what the tool knows.',
} as const;

/** Those of a telephone call. */
export const PHONE_STEPS = {
  ...STEPS,
  keys: 'Keys that are pressed are understood.',
  transfer: 'Asked for a person, it says so and connects them; both hear each other.',
} as const;

export const TYPED = 'What time is it in Paris?';

/** A model may think, call a tool and speak for a while; longer than this is a fault. */
export const ANSWER_WITHIN_MS = 20_000;
export const SPOKEN_WITHIN_MS = 60_000;
/** How long the bot may speak before it is cut off. */
export const LET_SPEAK_MS = 2_500;
