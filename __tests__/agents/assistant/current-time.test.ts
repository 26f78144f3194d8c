import { currentTime } from '../../../agents/assistant/current-time';
import { ToolError } from '../../../contract/agent';
import { FakeClock } from '../../support/fake-clock';

const NOW_MS = new FakeClock().epochMs();

describe('the current time', () => {
  it.each([
    ['Paris', 'Europe/Paris'],
    ['new york', 'America/New_York'],
    ['New York City', 'America/New_York'],
    ['San Francisco', 'America/Los_Angeles'],
    ['São Paulo', 'America/Sao_Paulo'],
    ['Tokyo, Japan', 'Asia/Tokyo'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
  ])('knows where %s is', (place, timeZone) => {
    expect(currentTime({ place }, NOW_MS)).toMatchObject({ timeZone });
  });

  it.each([
    ['München', 'Europe/Berlin'],
    ['Muenchen', 'Europe/Berlin'],
    ['Wien', 'Europe/Vienna'],
    ['Deutschland', 'Europe/Berlin'],
    ['Österreich', 'Europe/Vienna'],
    ['日本', 'Asia/Tokyo'],
    ['東京', 'Asia/Tokyo'],
    ['Polska', 'Europe/Warsaw'],
    ['the UK', 'Europe/London'],
    ['Uruguay', 'America/Montevideo'],
    ['New York City', 'America/New_York'],
    ['Villach, Austria', 'Europe/Vienna'],
    ['Wien, Österreich', 'Europe/Vienna'],
  ])('T1: knows where %s is', (place, timeZone) => {
    expect(currentTime({ place }, NOW_MS)).toMatchObject({ timeZone });
  });

  it.each([
    ['Mexico', 'Mexico', [['Mexico City'], ['Cancun'], ['Tijuana']]],
    ['USA', 'United States', [['New York'], ['Chicago'], ['Denver'], ['Los Angeles'], ['Honolulu']]],
    ['Estados Unidos', 'United States', [['New York'], ['Los Angeles']]],
    ['Springfield, USA', 'United States', [['New York']]],
    ['España', 'Spain', [['Madrid'], ['Canary']]],
  ])('T1: says which times there are in %s', (place, country, cities) => {
    const told = currentTime({ place }, NOW_MS) as { country: string; times: { cities: string[]; time: string }[] };
    expect(told.country).toBe(country);
    for (const [city] of cities) {
      expect(told.times.find((kept) => kept.cities[0] === city)?.time).toMatch(/^\d{1,2}:13.[AP]M$/);
    }
    expect(new Set(told.times.map(({ cities: [first] }) => first)).size).toBe(told.times.length);
  });

  it('tells the time of the clock it was given', () => {
    expect(currentTime({ place: 'UTC' }, NOW_MS)).toMatchObject({
      time: '10:13 PM',
      date: 'Tuesday, November 14, 2023',
    });
  });

  it('says so when it does not know a place', () => {
    expect(() => currentTime({ place: 'Atlantis' }, NOW_MS)).toThrow(ToolError);
    expect(() => currentTime({ place: 'Atlantis' }, NOW_MS)).toThrow('not known');
  });
});
