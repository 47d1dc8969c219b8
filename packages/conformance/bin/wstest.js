#!/usr/bin/env node
// Checked in, so that npm can link the command before anything is compiled.
import("../dist/src/wstest/main.js").catch((error) => {
  const isMissing = error.code === "ERR_MODULE_NOT_FOUND";
  process.stderr.write(`wstest: ${isMissing ? "it is not built yet: npm run build" : error.message}\n`);
  process.exitCode = 2;
});
