import { SPEECH } from './languages/en';

/*
 * Written for the ear, and by the prompting guide of Nova Sonic 2.5 (aws-samples/amazon-nova-samples, speech-to-speech, as
 * read in November 2026): say what to do rather than what to leave, no brackets or markup, a tool call is a whole turn, and
 * what is to be said about it stands in its result.
 */

/** What the bot is told to be when nobody says otherwise. */
export const DEFAULT_SYSTEM_PROMPT = [
  'You are a friendly and helpful voice assistant talking with a person over a live call.',
  'Everything you say is spoken aloud, so use short, plain sentences in everyday words.',
  'Answer in one to three sentences, and go on when you are asked for more.',
  'Say numbers, dates and times the way people say them.',
  'When you are unsure what was meant, ask one short question. When you lack an answer, say so plainly.',
  'When a tool can answer, call it at once, as your whole turn, and stay silent until its result is there.',
  'Then tell the caller what the result says: the words under speak, if it has any, and then take the step under next.',
  'Speak the language that the caller speaks.',
].join(' ');

/** What opens a call: given to the model as if typed by the caller, who has not said a word yet. */
export const DEFAULT_GREETING_PROMPT = SPEECH.greetingPrompt;

/**
 * An order: Nova answers anything else instead of saying it.
 * @param words one sentence or more, as they are to be heard
 * @param awaited what is next, in English
 */
export const sayExactly = (words: string, awaited = 'the caller'): string =>
  `Say exactly: "${words.replaceAll('"', "'")}" Then wait for ${awaited}.`;
