import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { programProblem } from "../../src/child/program.js";
import { temporaryFolder } from "../cli/temporary-folder.js";

const folder = temporaryFolder();
const isWindows = process.platform === "win32";

function problem(program: string, path?: string): Promise<string | null> {
  return programProblem({ program, args: [], env: path === undefined ? {} : { PATH: path } });
}

test("a program is found by its path and in the folders of PATH", { skip: isWindows }, async () => {
  assert.equal(await problem(process.execPath), null);
  const tool = join(folder, "tool");
  writeFileSync(tool, "");
  chmodSync(tool, 0o755);
  assert.equal(await problem("tool", `/nowhere:${folder}`), null);
});

test("one that cannot be started is named with the reason", { skip: isWindows }, async () => {
  const text = join(folder, "text");
  writeFileSync(text, "");
  chmodSync(text, 0o644);
  mkdirSync(join(folder, "sub"));
  const hint = "is not executable: use chmod +x, or begin the command with its interpreter";
  assert.equal(await problem(text), `"${text}" ${hint}`);
  assert.equal(await problem("text", `${folder}:/nowhere`), `"${text}" ${hint}`);
  assert.equal(await problem(join(folder, "sub")), `"${join(folder, "sub")}" is a folder, not a program`);
  assert.equal(await problem("./absent"), 'there is no program "./absent"');
  assert.equal(
    await problem("absent\u001b", folder),
    'there is no program "absent\\x1b" in the folders of PATH',
  );
  assert.equal(await problem("absent", ""), 'there is no program "absent" in the folders of PATH');
});
