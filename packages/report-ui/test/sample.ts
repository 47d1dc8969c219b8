import type { CaseInfo, FrameView, PageCase, PageEvent, PageWire, WireEntry } from "wireproof/page";
import { RunModel } from "../src/model/run-model.js";

export function info(id: string, facts: Partial<CaseInfo> = {}): CaseInfo {
  return {
    id,
    title: `Title of ${id}`,
    description: "What is sent.",
    expectation: "What comes back.",
    section: `Section ${id.split(".")[0]}`,
    ending: { by: "tester", codes: [1000], clean: true },
    requirements: [],
    differs: [],
    ...facts,
  };
}

export function result(peer: string, id: string, facts: Partial<PageCase> = {}): PageCase {
  return {
    type: "case-end",
    peer,
    case: id,
    attempt: 1,
    profile: "modern",
    outcome: "pass",
    closing: "ok",
    because: "The events are exactly those expected.",
    code: 1000,
    startedAt: "2026-11-22T08:00:00.000Z",
    durationMs: 5,
    concurrent: false,
    verdicts: {},
    ...facts,
  };
}

export function started(cases: readonly CaseInfo[]): PageEvent {
  return {
    type: "run",
    suite: "0.1.0",
    startedAt: "2026-11-22T08:00:00.000Z",
    set: "all",
    profile: "modern",
    seed: 1,
    config: { urls: [], concurrency: 8, timeoutScale: 1, insecure: false, headers: [], subprotocols: [] },
    cases,
  };
}

export function peerUp(peer: string, agent: string = peer): PageEvent {
  return { type: "peer-up", peer, agent, url: `ws://${peer}`, again: "wireproof test ws://x --cases @CASE@" };
}

export const RUN_END: PageEvent = {
  type: "run-end",
  totals: { durationMs: 10, interrupted: false, outcomes: {}, closings: {}, notRun: 0 },
};

export function modelOf(events: readonly PageEvent[]): RunModel {
  const model = new RunModel();
  for (const event of events) model.apply(event);
  return model;
}

/** Entries of a wire log, a millisecond apart. */
export function wireOf(entries: readonly WireEntry[]): readonly PageWire[] {
  return entries.map((entry, index) => ({ at: index * 1000, entry }));
}

export function frame(opcode: number, payload: string, facts: Partial<FrameView> = {}): FrameView {
  const hex = Buffer.from(payload, "latin1").toString("hex");
  return {
    opcode,
    fin: true,
    rsv: 0,
    masked: false,
    mask: null,
    length: hex.length / 2,
    payload: hex,
    ...facts,
  };
}
