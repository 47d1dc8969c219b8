/** What a page in a browser cannot influence, by section: there, the result is that of the browser alone. */
const LIMITS: readonly (readonly [sections: readonly string[], sentence: string])[] = [
  [
    ["1"],
    "Section 1: the page only echoes messages. The browser decides about masking, the length of frames and how they are cut.",
  ],
  [["2"], "Section 2: a page never sees a Ping and cannot send one. The browser answers Pings by itself."],
  [
    ["3", "4", "5"],
    "Sections 3 to 5: a page cannot see reserved bits, opcodes and fragments. The browser finds what is wrong with them and fails the connection.",
  ],
  [
    ["6"],
    "Section 6: the browser validates text before the page gets it. It decides how early it notices invalid text, and which close code follows.",
  ],
  [
    ["7"],
    "Section 7: the browser answers Close frames. A page may only send the codes 1000 and 3000 to 4999, and no case of this section needs it to send one.",
  ],
  [
    ["9"],
    "Section 9: the time includes the time of the script. A tab in the background may be slower. The browser sets the limits of message size.",
  ],
  [["10"], "Section 10: a page cannot ask for fragments; the browser decides how to cut the echo."],
  [
    ["12", "13"],
    "Sections 12 and 13: a page cannot switch permessage-deflate on or off, and cannot choose its window. A case is unimplemented if the browser makes no offer that fits it.",
  ],
];

/** The sentences that concern the cases of this run. */
export function limitsOf(sections: readonly string[]): readonly string[] {
  return LIMITS.filter(([concerned]) => concerned.some((section) => sections.includes(section))).map(
    ([, sentence]) => sentence,
  );
}
