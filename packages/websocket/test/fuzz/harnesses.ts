import type { Harness } from "./harness.js";
import { core } from "./harnesses/core.js";
import { client } from "./harnesses/client.js";
import { server } from "./harnesses/server.js";

export const HARNESSES: readonly Harness[] = [core, server, client];
