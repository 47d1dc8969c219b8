#!/usr/bin/env node
import { startProgram } from "./start-program.js";

startProgram("wireproof", async () => {
  const { runProcess } = await import("./program.js");
  await runProcess(process.argv.slice(2));
});
