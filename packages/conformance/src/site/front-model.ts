import { SECTIONS } from "../case/spec.js";
import { NOTHING } from "./stack-model.js";
import type { FrontPage, FrontRow, StackModel } from "./page-model.js";

/** A row for each role that was tested, and one for what of a stack is not available. */
export function frontPage(stacks: readonly StackModel[]): FrontPage {
  const used = new Set(
    stacks.flatMap(({ roles }) => roles.flatMap((role) => role.sections.map((one) => one.number))),
  );
  const sections = [...SECTIONS]
    .filter(([number]) => used.size === 0 || used.has(number))
    .map(([number, title]) => ({ number, title }));
  const byName = stacks.toSorted((a, b) => a.name.localeCompare(b.name, "en"));
  return { kind: "front", sections, rows: byName.flatMap((stack) => rowsOf(stack, sections)) };
}

function rowsOf(stack: StackModel, sections: FrontPage["sections"]): readonly FrontRow[] {
  const { folder, name, language, roles, unavailable } = stack;
  const tested = roles.map(({ key, label, result, findings, sections: ofRole, hasDeflate }): FrontRow => {
    const number = (standing: string): number => findings.filter((one) => one.standing === standing).length;
    const states = ofRole.map(({ cell }) => cell.state);
    const isOpen = result.status !== "tested" || states.includes("open");
    return {
      standing: states.includes("fault")
        ? "fault"
        : states.includes("unreviewed")
          ? "unreviewed"
          : isOpen
            ? "open"
            : "conforms",
      folder,
      name,
      language,
      key,
      label,
      version: result.version,
      status: result.status,
      ...(result.because === undefined ? {} : { because: result.because }),
      hasDeflate,
      faults: number("fault"),
      unreviewed: number("unreviewed"),
      cells: sections.map((section) => ofRole.find((one) => one.number === section.number)?.cell ?? NOTHING),
    };
  });
  if (unavailable.length === 0) return tested;
  const missing: FrontRow = {
    folder,
    name,
    language,
    key: "unavailable",
    label: unavailable.join(", "),
    version: "",
    status: "unavailable",
    standing: "unavailable",
    hasDeflate: false,
    faults: 0,
    unreviewed: 0,
    cells: [],
  };
  return [...tested, missing];
}
