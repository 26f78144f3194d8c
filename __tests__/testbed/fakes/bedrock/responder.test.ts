import { answerText, answerToolResult, findPlace, splitSentences } from '../../../../testbed/fakes/bedrock/responder';
import { HeardAudio } from '../../../../testbed/fakes/bedrock/heard';
import { Listener } from '../../../../testbed/fakes/bedrock/listener';
import { Memory } from '../../../../testbed/fakes/bedrock/memory';
import { Recogniser } from '../../../../testbed/fakes/bedrock/recogniser';
import { TIME_TOOL } from '../../../../testbed/clients/bedrock/sonic-client';

const weather = {
  name: 'get_weather',
  description: 'Weather',
  inputSchema: { json: '{"type":"object","properties":{"city":{"type":"string"}}}' },
};
const tools = [TIME_TOOL, weather];
const said = (text: string): string => {
  const reply = answerText(text, tools);
  return reply.kind === 'say' ? reply.sentences.join(' ') : `uses ${reply.tool} ${reply.argumentsJson}`;
};

describe('a tool that its caller must agree to', () => {
  const listenerOf = () =>
    new Listener({ tools, recogniser: new Recogniser({ recordings: [] }), heard: new HeardAudio() });
  const use = { kind: 'use-tool', tool: 'get_weather', argumentsJson: '{"city":"Oslo"}' };

  it('is called once more after a yes, with the same arguments', () => {
    const listener = listenerOf();
    expect(listener.typed('call get_weather {"city":"Oslo"}')).toEqual(use);
    listener.toolResult('{"error":"Not done yet.","ask":"Oslo, is that right?","next":"Ask."}');
    expect(listener.typed('Yes, please.')).toEqual(use);
    listener.toolResult('{"temperature":3}');
    expect(listener.typed('Yes, please.')).not.toEqual(use);
  });

  it('is not called after anything else', () => {
    const listener = listenerOf();
    listener.typed('call get_weather {"city":"Oslo"}');
    listener.toolResult('{"ask":"Oslo, is that right?"}');
    expect(listener.typed('No.')).not.toEqual(use);
    expect(listener.typed('Yes.')).not.toEqual(use);
  });

  it('has what it asks said', () => {
    expect(answerToolResult('{"error":"Not done yet.","ask":"Oslo. Is that right?"}')).toEqual([
      'Oslo.',
      'Is that right?',
    ]);
  });
});

describe('answers to typed text', () => {
  it.each([
    ['hello', 'Hello! I am the sandbox voice. How can I help you?'],
    ['Greet the caller and offer the time and the weather.', 'Hello! I am the sandbox voice. How can I help you?'],
    ['What time is it in Paris?', 'uses get_current_time {"place":"Paris"}'],
    ['hi, what is the time in new york right now?', 'uses get_current_time {"place":"New York"}'],
    ['weather for Ålesund', 'uses get_weather {"city":"Ålesund"}'],
    ["How's the weather?", 'For which place do you want the weather?'],
    ['Say exactly: "Goodbye. The time in Paris is up."', 'Goodbye. The time in Paris is up.'],
    ['my dog is called Hilda', 'You said: my dog is called Hilda.'],
    ['Is that so?', 'You said: Is that so?'],
    ['call get_weather {"city":"Oslo","days":[1,2]}', 'uses get_weather {"city":"Oslo","days":[1,2]}'],
    ['Call get_weather', 'uses get_weather {}'],
    ['call get_pizza {}', 'I have no tool called get_pizza.'],
    ['call get_weather {"city":}', 'Those arguments are not JSON.'],
  ])('%s → %s', (text, reply) => {
    expect(said(text)).toBe(reply);
  });

  it('admits to having no tool', () => {
    expect(answerText('What time is it in Paris?', [weather])).toEqual({
      kind: 'say',
      sentences: ['I have no tool for the time.'],
    });
  });
});

describe('places', () => {
  it.each([
    ['what time is it in the Hague please', 'Hague'],
    ['in which time zone? at Rio de Janeiro!', 'Rio De Janeiro'],
    ['time in stoke-on-trent', 'Stoke-On-Trent'],
    ['time in São Paulo today', 'São Paulo'],
    ['what time is it', undefined],
  ])('%s → %s', (text, place) => {
    expect(findPlace(text)).toBe(place);
  });
});

describe('answers to tool results', () => {
  it.each([
    ['{"place":"Paris","localTime":"12:30"}', 'In Paris, the local time is 12:30.'],
    ['{"spoken":"It is half past twelve in Paris"}', 'It is half past twelve in Paris.'],
    ['{"current":{"temperature_c":21.5,"windy":false}}', 'The temperature c is 21.5. The windy is false.'],
    ['"sunny"', 'sunny.'],
    ['{}', 'The answer is empty.'],
    ['{"error":"I know no such place"}', 'I am sorry, that did not work. I know no such place.'],
    ['{"error":{"code":"x","message":"Too slow!"}}', 'I am sorry, that did not work. Too slow!'],
    ['{"status":"error","message":"Offline"}', 'I am sorry, that did not work. Offline.'],
    ['{"error":{}}', 'I am sorry, that did not work. The reason is not known.'],
  ])('%s → %s', (json, words) => {
    expect(answerToolResult(json).join(' ')).toBe(words);
  });
});

describe('sentences', () => {
  it('ends where a voice pauses, not at a decimal point', () => {
    expect(splitSentences(' It is 21.5 degrees. "Really?" Yes! ')).toEqual([
      'It is 21.5 degrees.',
      '"Really?"',
      'Yes!',
    ]);
  });

  it('is cut at a space when it is very long, and anywhere when there is none', () => {
    const words = splitSentences('word '.repeat(100));
    expect(words.every((part) => part.length <= 240)).toBe(true);
    expect(words.join(' ')).toBe('word '.repeat(100).trim());
    expect(splitSentences('x'.repeat(500)).map((part) => part.length)).toEqual([240, 240, 20]);
  });
});

describe('what a stream remembers', () => {
  const history = (...messages: readonly (readonly ['USER' | 'ASSISTANT', string])[]): Memory => {
    const memory = new Memory();
    for (const [role, text] of messages) memory.add(role, text);
    return memory;
  };

  it('is what it was told in its history, and nothing else', () => {
    const told = history(['USER', 'Hello, my code word is heron.'], ['ASSISTANT', 'Good.'], ['USER', 'Bye.']);
    expect(answerText('What is my code word?', [], told)).toEqual(say('Your code word is heron.'));
    expect(answerText('What is my code word?', [], history())).toEqual(say('You have not told me your code word.'));
    expect(answerText('Remember: my code word is heron.', [])).toEqual(
      say('I will remember that your code word is heron.'),
    );
  });

  it('lets it go on with an answer that was cut off', () => {
    const told = history(['USER', 'Say exactly: "One. Two. Three."'], ['ASSISTANT', 'One.']);
    expect(answerText('You were cut off. Go on.', [], told)).toEqual(say('Two.', 'Three.'));
    told.add('ASSISTANT', 'Two. Three.');
    expect(answerText('You were cut off. Go on.', [], told)).toEqual(say('That was all.'));
  });

  it('takes a tool’s result that comes in words', () => {
    expect(answerText('Tell the caller what was found: {"spoken":"It is noon."}', [])).toEqual(say('It is noon.'));
  });
});

function say(...sentences: string[]) {
  return { kind: 'say', sentences };
}
