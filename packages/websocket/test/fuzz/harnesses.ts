import type { Harness } from "./harness.js";
import { client } from "./harnesses/client.js";
import { core } from "./harnesses/core.js";
import { dropIn } from "./harnesses/drop-in.js";
import { server } from "./harnesses/server.js";
import { tls } from "./harnesses/tls.js";

export const HARNESSES: readonly Harness[] = [core, server, client, dropIn, tls];
