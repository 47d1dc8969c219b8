#!/usr/bin/env node
import { startProgram } from "./start-program.js";

startProgram("wireproof", async () => {
  const args = process.argv.slice(2);
  const { nameProcess } = await import("./name-process.js");
  nameProcess("wireproof", args);
  const { runProcess } = await import("./program.js");
  await runProcess(args);
});
