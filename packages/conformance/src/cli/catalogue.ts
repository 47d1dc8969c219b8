import { CASES } from "../cases/index.js";
import { caseInfo } from "../run/case-info.js";
import type { CaseInfo } from "../run/event.js";

let described: readonly CaseInfo[] | undefined;

/** Every case of the suite, as reports describe it. */
export function catalogue(): readonly CaseInfo[] {
  described ??= CASES.map(caseInfo);
  return described;
}
