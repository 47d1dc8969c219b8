import type { Badge } from "../report/badge.js";
import { count } from "../report/words.js";
import type { StackModel } from "./page-model.js";

/** What the badge of a stack says, all roles together. Red only for what somebody looked at. */
export function stackBadge({ roles }: StackModel): Badge {
  const findings = roles.flatMap((role) => role.findings);
  const number = (standing: string): number => findings.filter((one) => one.standing === standing).length;
  if (number("fault") > 0) return { standing: "breaks", message: count(number("fault"), "fault") };
  if (roles.length === 0) return { standing: "incomplete", message: "not tested" };
  if (number("unreviewed") > 0)
    return { standing: "incomplete", message: `${number("unreviewed")} unreviewed` };
  const isOpen = roles.some(
    ({ result, sections }) =>
      result.status !== "tested" ||
      sections.some(({ cell }) => cell.state === "unreviewed" || cell.state === "open"),
  );
  if (isOpen) return { standing: "incomplete", message: "not tested completely" };
  return { standing: number("advice") > 0 ? "warned" : "conforms", message: "no fault found" };
}
