/** Sections whose time is given together, and the seconds that the original suite takes for them at full messages. */
export interface Group {
  readonly name: string;
  readonly sections: readonly number[];
  /** Cases that the original has of them. */
  readonly cases: number;
  readonly original: number;
}

export const GROUPS: readonly Group[] = [
  { name: "1–7, 10", sections: [1, 2, 3, 4, 5, 6, 7, 10], cases: 247, original: 11 },
  { name: "9", sections: [9], cases: 54, original: 14 },
  { name: "12", sections: [12], cases: 90, original: 569 },
  { name: "13", sections: [13], cases: 126, original: 873 },
];

/** The original's seconds for everything, as recorded; its parts are rounded. */
export const ORIGINAL_ALL = 1466;

export function groupOf(caseId: string): Group | undefined {
  const section = Number(caseId.split(".", 1)[0]);
  return GROUPS.find(({ sections }) => sections.includes(section));
}
