import { CASES } from "../cases/index.js";
import { caseInfo } from "../engine/case-info.js";
import type { CaseInfo } from "../report/event.js";

let described: readonly CaseInfo[] | undefined;

/** Every case of the suite as reports describe it. */
export function catalogue(): readonly CaseInfo[] {
  described ??= CASES.map(caseInfo);
  return described;
}
