import { quote } from "../report/escape.js";

/** A program to start, as a shell would read it from one simple command. */
export interface CommandLine {
  /** A path if it contains a slash; otherwise a name that is looked up in the folders of PATH. */
  readonly program: string;
  readonly args: readonly string[];
  /** Variables that are added to our own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder in which it is started; ours if absent. */
  readonly cwd?: string;
  /** Its standard input ends when our process does, however that ends. Without it, it is empty from the beginning. */
  readonly lifeline?: boolean;
}

/** The text is not a simple command. The message is one sentence without the name of the option. */
export class CommandLineError extends Error {
  override readonly name = "CommandLineError";
}

/**
 * Reads one simple command as a POSIX shell would: words separated by blanks, quotes, backslashes, and assignments
 * such as `PORT=9001` at the beginning. No shell runs it. Wildcards are not expanded. Anything else that needs a shell
 * (pipes, `&&`, redirections, variables) throws a CommandLineError; it does not become an argument.
 */
export function parseCommandLine(text: string): CommandLine {
  const words = wordsOf(text);
  const begin = words.findIndex(({ unquoted }) => !ASSIGNMENT.test(unquoted));
  const program = words[begin]?.text ?? "";
  if (program === "") throw new CommandLineError("it names no program");
  const env = words.slice(0, begin).map(({ text }) => {
    const equals = text.indexOf("=");
    return [text.slice(0, equals), text.slice(equals + 1)] as const;
  });
  return { program, args: words.slice(begin + 1).map(({ text }) => text), env: Object.fromEntries(env) };
}

interface Word {
  readonly text: string;
  /** The part before the first quote or backslash: only this part can make the word an assignment. */
  readonly unquoted: string;
}

const ASSIGNMENT = /^[A-Za-z_]\w*=/;
const BLANKS = /[ \t]+/y;
const PLAIN = /[^\s'"\\|&;<>()$`\p{Cc}]+/uy;
const SINGLE = /'([^']*)'/y;
/** Between double quotes `$` and the backtick are special, unless a backslash stands before them. */
const DOUBLE = /"((?:[^"\\$`]|\\[^])*)"/y;
const ESCAPED = /\\([^\n])/uy;
const OPERATOR = /&&|\|\||[^]/uy;

function wordsOf(text: string): readonly Word[] {
  const scanner = new Scanner(text);
  const words: Word[] = [];
  for (;;) {
    scanner.take(BLANKS);
    if (scanner.isOver) return words;
    words.push(readWord(scanner));
  }
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isOver(): boolean {
    return this.#at === this.#text.length;
  }

  /** The text that has not been taken yet. */
  get rest(): string {
    return this.#text.slice(this.#at);
  }

  /** Takes what a sticky pattern matches at this place; null if it matches nothing. */
  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }
}

function readWord(scanner: Scanner): Word {
  // A shell would read a user's home folder or a comment there.
  const [special] = /^[~#]/.exec(scanner.rest) ?? [];
  if (special !== undefined) throw needsShell(special);
  const unquoted = scanner.take(PLAIN)?.[0] ?? "";
  let text = unquoted;
  while (!scanner.isOver && !/^[ \t]/.test(scanner.rest)) text += readPart(scanner);
  return { text, unquoted };
}

function readPart(scanner: Scanner): string {
  const double = scanner.take(DOUBLE)?.[1];
  if (double !== undefined) return unescaped(double);
  const part = scanner.take(SINGLE)?.[1] ?? scanner.take(ESCAPED)?.[1] ?? scanner.take(PLAIN)?.[0];
  if (part === undefined) throw problemAt(scanner);
  return part;
}

/** Between double quotes a backslash escapes nothing else (POSIX, Shell Command Language §2.2.3). */
function unescaped(quoted: string): string {
  return quoted.replace(/\\([$`"\\\n])/g, (_, escaped: string) => (escaped === "\n" ? "" : escaped));
}

function problemAt(scanner: Scanner): CommandLineError {
  const { rest } = scanner;
  if (rest === "\\") return new CommandLineError("it ends with a backslash");
  if (!/^["']/.test(rest)) return needsShell(scanner.take(OPERATOR)?.[0] ?? "");
  const special = /^"(?:[^"\\$`]|\\[^])*([$`])/.exec(rest)?.[1];
  if (special !== undefined) return needsShell(special);
  return new CommandLineError(`the quote ${rest.charAt(0)} is not closed`);
}

function needsShell(sign: string): CommandLineError {
  return new CommandLineError(
    `no shell runs it, and only a shell understands ${quote(sign)}: put it in single quotes, or run the whole command in a shell: sh -c '…'`,
  );
}
