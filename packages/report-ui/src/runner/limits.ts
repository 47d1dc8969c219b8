/** What a page in a browser cannot influence, by section: there, the result is that of the browser alone. */
const LIMITS: readonly (readonly [sections: readonly string[], sentence: string])[] = [
  [
    ["1"],
    "Section 1: the page echoes messages; masking, the length of frames and how they are cut are up to the browser.",
  ],
  [["2"], "Section 2: pings never reach a page, and it can send none. The browser answers them by itself."],
  [
    ["3", "4", "5"],
    "Sections 3 to 5: reserved bits, opcodes and fragments are invisible to a page. What is wrong with them is found, and the connection failed, by the browser.",
  ],
  [
    ["6"],
    "Section 6: text is validated before a page gets it; how early that is noticed, and which close code follows, is up to the browser.",
  ],
  [
    ["7"],
    "Section 7: Close frames are answered by the browser; a page may only send the codes 1000 and 3000 to 4999, and none of these cases needs it to.",
  ],
  [
    ["9"],
    "Section 9: the time includes that of the script. A tab in the background may be slower. Limits of message size are the browser's.",
  ],
  [["10"], "Section 10: a page cannot ask for fragments; the browser decides how the echo is cut."],
  [
    ["12", "13"],
    "Sections 12 and 13: a page cannot switch permessage-deflate on or off, nor choose its window. Cases for which the browser makes no offer that fits are unimplemented.",
  ],
];

/** The sentences that concern the cases of this run. */
export function limitsOf(sections: readonly string[]): readonly string[] {
  return LIMITS.filter(([concerned]) => concerned.some((section) => sections.includes(section))).map(
    ([, sentence]) => sentence,
  );
}
