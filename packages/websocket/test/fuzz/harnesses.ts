import type { Harness } from "./harness.js";
import { attach } from "./harnesses/attach.js";
import { backlog } from "./harnesses/backlog.js";
import { client } from "./harnesses/client.js";
import { core } from "./harnesses/core.js";
import { dropIn } from "./harnesses/drop-in.js";
import { inflate } from "./harnesses/inflate.js";
import { server } from "./harnesses/server.js";
import { streams } from "./harnesses/streams.js";
import { tls } from "./harnesses/tls.js";
import { topics } from "./harnesses/topics.js";

/** A file each. The core without I/O; all others are live. */
export const HARNESSES: readonly Harness[] = [
  core,
  server,
  client,
  tls,
  dropIn,
  attach,
  inflate,
  streams,
  topics,
  backlog,
];
