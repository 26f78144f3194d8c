/** From such a loss on it is worth it: below, concealment is as good as unheard. */
const PROTECT_FROM = 0.02;
/** Clean reports in a row, of one each 5 s or so, after which the line counts as mended. */
const CLEAN_REPORTS = 4;

/** Whether the bot's voice is to be protected against loss, judged by what the client reports. Pure. */
export class LossProtection {
  #cleanReports = CLEAN_REPORTS;

  /** @param share of the packets that were expected since the report before, 0 to 1 */
  reported(share: number): void {
    if (share >= PROTECT_FROM) this.#cleanReports = 0;
    else this.#cleanReports += 1;
  }

  get isNeeded(): boolean {
    return this.#cleanReports < CLEAN_REPORTS;
  }
}
