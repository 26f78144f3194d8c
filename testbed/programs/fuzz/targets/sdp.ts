import type { FuzzBot } from '../fuzz-bot';
import { ask } from '../http-client';
import { mutateJson, mutateLines } from '../mutate';
import type { Random } from '../random';
import { Finding, type OpenTarget, type Target } from '../target';
import { browserOffer } from '../browser-offer';

/** Offers and candidates, from many addresses; what is accepted is ended at once. */
export const sdp: Target = { name: 'sdp', open: async (bot) => new SdpTarget(bot, new Set(await bot.calls())) };

class SdpTarget implements OpenTarget {
  readonly #bot: FuzzBot;
  readonly #others: ReadonlySet<string>;

  /** @param others calls that are left alone */
  constructor(bot: FuzzBot, others: ReadonlySet<string>) {
    this.#bot = bot;
    this.#others = others;
  }

  async send(random: Random): Promise<void> {
    const offer = { sdp: mutateLines(browserOffer(random), random).join('\r\n') + '\r\n', type: 'offer' };
    const body = random.chance(0.1) ? mutateJson(offer, random) : offer;
    const from = `127.${random.integer(1, 250)}.${random.integer(0, 250)}.${random.integer(2, 250)}`;
    const answer = await this.#post('POST', body, from);
    if (answer.status !== 200) return;
    const { pc_id: pcId } = JSON.parse(answer.body) as { pc_id: string };
    if (random.chance(0.5)) await this.#trickle(pcId, random, from);
    for (const callId of await this.#bot.calls()) {
      if (!this.#others.has(callId)) await this.#bot.end(callId);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #trickle(pcId: string, random: Random, from: string): Promise<void> {
    const candidates = Array.from({ length: random.integer(0, 40) }, (_, n) => ({
      candidate: mutateLines([`candidate:${n} 1 udp 2113937151 127.0.0.1 ${50_000 + n} typ host`], random).join(' '),
      sdp_mid: random.pick(['0', '1', '', 'x'.repeat(64)]),
      sdp_mline_index: random.integer(0, 4),
    }));
    await this.#post('PATCH', mutateJson({ pc_id: pcId, candidates }, random, 0.03), from);
  }

  async #post(method: string, body: unknown, from: string): Promise<{ status: number; body: string }> {
    const headers = { 'Content-Type': 'application/json' };
    const path = '/api/offer';
    const answer = await ask(this.#bot.url, { method, path, headers, body: JSON.stringify(body), from });
    if (answer.status >= 500 && answer.status !== 503) throw new Finding(`an offer is answered with ${answer.status}`);
    return answer;
  }
}
