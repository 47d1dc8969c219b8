import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CommandLineError, parseCommandLine } from "../../src/child/command-line.js";

describe("what a POSIX shell would make of it", () => {
  const table: readonly (readonly [text: string, program: string, args: readonly string[], env?: object])[] =
    [
      ["server", "server", []],
      ["  node   server.js\t--port 9001 ", "node", ["server.js", "--port", "9001"]],
      [`node -e 'a "b" $c; d'`, "node", ["-e", `a "b" $c; d`]],
      [`node -e "a 'b' \\$c \\"d\\" \\\\ \\e"`, "node", ["-e", `a 'b' $c "d" \\ \\e`]],
      [`a\\ b c\\$d 'e'"f"g ''`, "a b", ["c$d", "efg", ""]],
      ["PORT=9001 A='b c' node x=1", "node", ["x=1"], { PORT: "9001", A: "b c" }],
      ["A= B=c=d node", "node", [], { A: "", B: "c=d" }],
      [`'A=b' c`, "A=b", ["c"]],
      ["1A=b c", "1A=b", ["c"]],
      ["ls *.js a?b [x] {y} a~ b#c !", "ls", ["*.js", "a?b", "[x]", "{y}", "a~", "b#c", "!"]],
      ["node ./sérvêr-服务器.js", "node", ["./sérvêr-服务器.js"]],
      ["sh -c 'cd x && node y | tee z'", "sh", ["-c", "cd x && node y | tee z"]],
    ];
  for (const [text, program, args, env = {}] of table) {
    test(text, () => assert.deepEqual(parseCommandLine(text), { program, args, env }));
  }
});

describe("what only a shell could do is refused, with the sign that needs one", () => {
  const table: readonly (readonly [text: string, sign: string])[] = [
    ["cd x && node y", "&&"],
    ["node x || node y", "||"],
    ["node x | tee y", "|"],
    ["node x &", "&"],
    ["node x; node y", ";"],
    ["node x > log", ">"],
    ["node x 2>&1", ">"],
    ["node < x", "<"],
    ["node $PORT", "$"],
    [`node "a $PORT"`, "$"],
    ["node `x`", "`"],
    [`node "a \`x\`"`, "`"],
    ["(node x)", "("],
    ["~/bin/server", "~"],
    ["node x # comment", "#"],
    ["node x\nnode y", "\\\\n"],
  ];
  for (const [text, sign] of table) {
    test(JSON.stringify(text), () => {
      const needed = text.includes("\n") ? '"\\n"' : `"${sign}"`;
      assert.throws(
        () => parseCommandLine(text),
        (error) => error instanceof CommandLineError && error.message.includes(`understands ${needed}:`),
      );
    });
  }
});

describe("what is no command", () => {
  const table: readonly (readonly [text: string, sentence: string])[] = [
    ["", "it names no program"],
    [" \t", "it names no program"],
    ["''", "it names no program"],
    ["A=b", "it names no program"],
    ["node 'x", "the quote ' is not closed"],
    [`node "x\\"`, 'the quote " is not closed'],
    ["node x\\", "it ends with a backslash"],
  ];
  for (const [text, sentence] of table) {
    test(JSON.stringify(text), () => {
      assert.throws(() => parseCommandLine(text), new CommandLineError(sentence));
    });
  }
});
