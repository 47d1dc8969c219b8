import type { Command } from "./command.js";
import { compareCommand } from "./compare.js";
import { compareAutobahnCommand } from "./compare-autobahn.js";
import { completionCommand } from "./completion.js";
import { coverageCommand } from "./coverage.js";
import { echoCommand } from "./echo.js";
import { judgeCommand } from "./judge.js";
import { loadCommand } from "./load.js";
import { lintCommand } from "./lint.js";
import { matrixListCommand } from "./matrix-list.js";
import { matrixProxiesCommand } from "./matrix-proxies.js";
import { matrixRunCommand } from "./matrix-run.js";
import { matrixGridCommand } from "./matrix-grid.js";
import { matrixSiteCommand } from "./matrix-site.js";
import { mergeCommand } from "./merge.js";
import { listCommand } from "./list.js";
import { reportCommand } from "./report.js";
import { runCommand } from "./run.js";
import { serveCommand } from "./serve.js";
import { showCommand } from "./show.js";
import { testClientCommand } from "./test-client.js";
import { testCommand } from "./test.js";

/** Every command of `wireproof`, in the order of help and reference. */
export const COMMANDS: readonly Command[] = [
  testCommand,
  testClientCommand,
  runCommand,
  serveCommand,
  listCommand,
  showCommand,
  coverageCommand,
  reportCommand,
  judgeCommand,
  mergeCommand,
  compareCommand,
  compareAutobahnCommand,
  lintCommand,
  matrixListCommand,
  matrixRunCommand,
  matrixGridCommand,
  matrixSiteCommand,
  matrixProxiesCommand,
  echoCommand,
  loadCommand,
  completionCommand((): readonly Command[] => COMMANDS),
];
