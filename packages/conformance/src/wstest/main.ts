#!/usr/bin/env node
import { startProgram } from "../cli/start-program.js";

startProgram("wstest", async () => {
  const { runProcess } = await import("../cli/program.js");
  const { runWstest } = await import("./program.js");
  await runProcess(process.argv.slice(2), { name: "wstest", run: runWstest });
});
