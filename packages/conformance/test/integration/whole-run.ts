/** Plays every case against the peer whose URL is the argument, and tells the parent process what came of it. */
import { CASES } from "../../src/cases/index.js";
import { playRun } from "./play-run.js";
import { ownWords, pairsOf } from "./verdict-table.js";

export interface WholeRun {
  /** `outcome/closing` by case. */
  readonly pairs: readonly (readonly [string, string])[];
  /** The most memory that this process had, in KiB. */
  readonly maxRss: number;
}

const [url = ""] = process.argv.slice(2);
const { verdicts } = await playRun(url, CASES, { messages: "enough" });
const whole: WholeRun = {
  pairs: [...pairsOf(verdicts, ownWords)],
  maxRss: process.resourceUsage().maxRSS,
};
process.send?.(whole, () => process.disconnect());
