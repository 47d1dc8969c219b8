import { harnessOf, kindOf } from "./finding.js";
import type { Finding } from "./finding.js";
import { playPlans } from "./play-plans.js";
import { shrink } from "./shrink.js";

/** What shrinking may take, beside the time that it is given. */
const ATTEMPTS = 500;

/** How often a script is played before it is said that nothing happens: not all that happens does so each time. */
const TRIES = 3;

/** The smallest script found with which the same happens; undefined when it does not happen again at all. */
export async function narrow(finding: Finding, seconds: number): Promise<Finding | undefined> {
  if ((await replay(finding)) === undefined) return undefined;
  const until = performance.now() + seconds * 1000;
  let left = ATTEMPTS;
  const happens = async (plans: readonly unknown[]): Promise<boolean> => {
    left -= 1;
    return plans.length > 0 && (await hasHappened({ ...finding, plans })) !== undefined;
  };
  const plans = await shrink(finding.plans, happens, () => left > 0 && performance.now() < until);
  const problem = await replay({ ...finding, plans });
  return { ...finding, plans, problem: problem ?? finding.problem };
}

/** What happens when a script is played: the same problem again, some times over if need be; undefined: nothing. */
export async function replay(finding: Finding): Promise<string | undefined> {
  for (let left = TRIES; left > 0; left -= 1) {
    const problem = await hasHappened(finding);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

async function hasHappened({ harness, fault, problem, plans }: Finding): Promise<string | undefined> {
  const played = await playPlans(harnessOf(harness), plans, fault);
  if (played.problem === undefined || kindOf(played.problem) !== kindOf(problem)) return undefined;
  return played.problem;
}
