import type { Command } from "./command.js";
import { judgeCommand } from "./judge.js";
import { listCommand } from "./list.js";
import { showCommand } from "./show.js";
import { testCommand } from "./test.js";

/** Every command of `wireproof`, in the order of help and reference. */
export const COMMANDS: readonly Command[] = [testCommand, listCommand, showCommand, judgeCommand];
