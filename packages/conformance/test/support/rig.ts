import assert from "node:assert/strict";
import type { Case } from "../../src/case/case.js";
import { CompressedStreams } from "../../src/play/compressed-streams.js";
import type { TesterOptions } from "../../src/tester/tester-options.js";
import { TesterConnection } from "../../src/tester/connection.js";
import { DeflateCodec } from "../../src/tester/deflate-codec.js";
import { PeerPings } from "../../src/play/peer-pings.js";
import { Play } from "../../src/play/play.js";
import { Recorder } from "../../src/record/recorder.js";
import { timeouts } from "../../src/tester/timeouts.js";
import { undeclared } from "../../src/play/opened.js";
import type { CloseRecord, EventView, Profile } from "../../src/record/record.js";
import type { WireEntry } from "../../src/record/wire-log.js";
import type { DeflateParameters } from "../../src/wire/deflate-parameters.js";
import { FakeClock } from "./fake-clock.js";
import { FakeTransport } from "./fake-transport.js";
import { linesOf } from "./peer-frames.js";

export interface RigOptions {
  readonly role?: "client" | "server";
  readonly profile?: Profile;
  readonly scale?: number;
  /** What permessage-deflate was agreed on; absent for no extension. */
  readonly deflate?: DeflateParameters;
  /** How many messages load cases send; `enough` if absent. */
  readonly messages?: "full" | "enough";
  readonly streams?: CompressedStreams;
  readonly testerOptions?: TesterOptions;
  /** The system takes nothing before the test says so. */
  readonly holdsWrites?: boolean;
}

/** A tester's connection on a transport and in a time that the test holds in its hands. */
export interface Rig {
  readonly clock: FakeClock;
  readonly transport: FakeTransport;
  readonly recorder: Recorder;
  readonly connection: TesterConnection;
  /** Events as they were told, and the states that were entered. */
  readonly events: EventView[];
  readonly states: string[];
  readonly wire: { readonly at: number; readonly entry: WireEntry }[];
  /** What the tester has sent so far, a line a frame. */
  readonly sent: () => readonly string[];
}

export interface PlayRig extends Rig {
  readonly play: Play;
  /** Octets from the peer, as `play-client` hands them on. */
  readonly receive: (octets: Uint8Array) => void;
  /** What was sent illegally without being declared. */
  readonly undeclared: () => readonly string[];
}

export function connect(options: RigOptions = {}): Rig {
  return build(options, codecOf(options), () => null);
}

/** Plays a case; its script has run up to its first pause when this returns. */
export function playing(played: Case, options: RigOptions = {}): PlayRig {
  let play: Play | null = null;
  const codec = codecOf(options);
  const rig = build(options, codec, () => play);
  const running = new Play({
    case: played,
    profile: options.profile ?? "modern",
    clock: rig.clock,
    timeouts: timeouts(options.profile ?? "modern", options.scale),
    connection: rig.connection,
    recorder: rig.recorder,
    messages: options.messages ?? "enough",
    streams: options.streams ?? new CompressedStreams(),
    codec,
    pings: new PeerPings(() => rig.clock.now() / 1000),
  });
  play = running;
  running.start();
  rig.clock.settle();
  const receive = (octets: Uint8Array): void => {
    running.load.onProgress();
    rig.connection.receive(octets);
  };
  return {
    ...rig,
    play: running,
    receive,
    undeclared: () => undeclared(played, rig.connection.sentIllegally),
  };
}

/** Checks the parts of a close record that a test is about. */
export function assertClose({ connection }: Rig, expected: Partial<CloseRecord>): void {
  const actual = connection.closeRecord;
  const names = Object.keys(expected) as (keyof CloseRecord)[];
  assert.deepEqual(Object.fromEntries(names.map((name) => [name, actual[name]])), expected);
}

/** The names of the violations that were recorded. */
export function violationsOf({ recorder }: Rig): readonly string[] {
  return recorder.violations.map(({ violation }) => violation);
}

/** Timers of the wire log, a line each. */
export function timersOf({ wire }: Rig): readonly string[] {
  return wire.flatMap(({ entry }) => {
    if (!("timer" in entry)) return [];
    const { timer, phase, seconds, tag, early } = entry;
    return [
      `${timer} ${phase} ${seconds}${tag === undefined ? "" : ` ${tag}`}${early === true ? " early" : ""}`,
    ];
  });
}

function codecOf({ deflate, role = "client", profile = "modern" }: RigOptions): DeflateCodec | null {
  return deflate === undefined ? null : new DeflateCodec(deflate, role, profile);
}

function build(options: RigOptions, codec: DeflateCodec | null, play: () => Play | null): Rig {
  const clock = new FakeClock();
  const transport = new FakeTransport();
  transport.isHolding = options.holdsWrites === true;
  const wire: { at: number; entry: WireEntry }[] = [];
  const events: EventView[] = [];
  const states: string[] = [];
  const recorder = new Recorder(clock, (at, entry) => void wire.push({ at, entry }));
  const connection: TesterConnection = new TesterConnection({
    role: options.role ?? "client",
    profile: options.profile ?? "modern",
    clock,
    timeouts: timeouts(options.profile ?? "modern", options.scale),
    transport,
    recorder,
    ...(options.testerOptions === undefined ? {} : { testerOptions: options.testerOptions }),
    inflater: codec?.inflater ?? null,
    readerFor: (opcode) => play()?.load.readerFor(opcode) ?? null,
    onTaken: (opcode) => play()?.load.onTaken(opcode),
    onEvent: (event) => {
      events.push(event);
      play()?.onEvent(event);
    },
    onState: () => {
      states.push(connection.state);
      play()?.onState();
      // As in a real play: what the peer still says is not inflated any more.
      if (connection.state === "closed") codec?.close();
    },
  });
  const sent = (): readonly string[] => linesOf(transport.octets);
  return { clock, transport, recorder, connection, events, states, wire, sent };
}
