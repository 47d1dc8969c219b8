import { command, type Command } from "./command.js";
import { bashCompletion } from "./completion-bash.js";
import { fishCompletion } from "./completion-fish.js";
import { zshCompletion } from "./completion-zsh.js";
import type { CommandDescription } from "./description.js";
import { oneOf } from "./option.js";

const SHELLS = ["bash", "zsh", "fish"] as const;

const SCRIPTS: Readonly<
  Record<(typeof SHELLS)[number], (commands: readonly CommandDescription[]) => string>
> = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `wireproof completion`. `commands`: every command, when all are known. */
export function completionCommand(commands: () => readonly CommandDescription[]): Command {
  return command({
    name: "completion",
    summary: "Prints a script with which a shell completes commands, options and values.",
    positionals: [{ name: "shell", description: "bash, zsh or fish.", values: SHELLS }],
    options: {},
    examples: [
      {
        line: "completion bash > ~/.local/share/bash-completion/completions/wireproof",
        description: "For bash.",
      },
      { line: "completion zsh > ~/.zfunc/_wireproof", description: "For zsh, with ~/.zfunc in fpath." },
      { line: "completion fish > ~/.config/fish/completions/wireproof.fish", description: "For fish." },
    ],
    action: async (_values, [shell = ""], io) => {
      await io.print(SCRIPTS[oneOf(SHELLS)(shell, "completion")](commands()));
      return 0;
    },
  });
}
