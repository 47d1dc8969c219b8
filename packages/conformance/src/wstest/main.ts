#!/usr/bin/env node
import { startProgram } from "../cli/start-program.js";

startProgram("wstest", async () => {
  const args = process.argv.slice(2);
  const { nameProcess } = await import("../cli/name-process.js");
  nameProcess("wstest", args);
  const { runProcess } = await import("../cli/program.js");
  const { runWstest } = await import("./program.js");
  await runProcess(args, { name: "wstest", run: runWstest });
});
