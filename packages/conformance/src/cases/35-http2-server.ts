import { compareIds } from "../case/case-id.js";
import type { Case } from "../case/case.js";
import { HTTP2_OPENING } from "./35-http2-opening.js";
import { HTTP2_STREAM } from "./35-http2-stream.js";

/** 35.1: servers over HTTP/2, in the order of their ids. */
export const HTTP2_SERVER: readonly Case[] = [...HTTP2_OPENING, ...HTTP2_STREAM].toSorted((a, b) =>
  compareIds(a.id, b.id),
);
