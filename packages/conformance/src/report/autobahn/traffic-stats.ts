import type { CaseRecord, TrafficCounts } from "../../record/record.js";
import { PythonFloat, type PythonValue } from "./python-json.js";

/** The 16 figures of a finished compression case; null for all others. */
export function trafficStats({ traffic }: CaseRecord): PythonValue {
  if (traffic === undefined) return null;
  return {
    ...direction("incoming", traffic.received),
    ...direction("outgoing", traffic.sent),
    preopenIncomingOctetsWireLevel: traffic.handshake.received,
    preopenOutgoingOctetsWireLevel: traffic.handshake.sent,
  };
}

function direction(name: "incoming" | "outgoing", counts: TrafficCounts): Record<string, PythonValue> {
  const { wire, payload, application, frames, messages } = counts;
  return {
    [`${name}OctetsWireLevel`]: wire,
    [`${name}OctetsWebSocketLevel`]: payload,
    [`${name}OctetsAppLevel`]: application,
    [`${name}WebSocketFrames`]: frames,
    [`${name}WebSocketMessages`]: messages,
    [`${name}CompressionRatio`]: quotient(payload, application),
    [`${name}WebSocketOverhead`]: quotient(wire - payload, payload),
  };
}

function quotient(a: number, b: number): PythonFloat | null {
  return b === 0 ? null : new PythonFloat(a / b);
}
