import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Blame } from "../../src/judge/blame.js";
import type { CaseFacts, Sent } from "../../src/judge/case-facts.js";
import { SentReader } from "../../src/judge/case-facts.js";
import { causesOf } from "../../src/judge/causes.js";
import type { FrameView } from "../../src/record/wire-log.js";

const SENT: Sent = {
  frames: 1,
  together: false,
  closeTogether: false,
  fragments: false,
  controlInside: false,
  pings: false,
  text: true,
  binary: false,
  longest: 20,
  chopped: false,
};

interface Changes extends Partial<Omit<CaseFacts, "sent">> {
  readonly sent?: Partial<Sent>;
}

/** A case that asks for an echo, and gets it. */
function echoed(changes: Changes = {}): CaseFacts {
  const { sent, ...rest } = changes;
  return {
    id: "1.1.1",
    attempt: 1,
    blames: [],
    mustFail: false,
    isComplete: true,
    wanted: 1,
    opened: true,
    isDeflated: false,
    ownCode: null,
    octetsSent: 0,
    endsFirst: false,
    echoesIllegalClose: false,
    received: { "1": 1, "8": 1 },
    ...rest,
    sent: { ...SENT, ...sent },
  };
}

const LOSS: Blame = { requirement: "6455-6.2-1", observation: "wrong-answer", outcome: "fail", because: "" };

function lost(changes: Changes = {}): CaseFacts {
  return echoed({ blames: [LOSS], isComplete: false, received: { "8": 1 }, ...changes });
}

function times(number: number, facts: CaseFacts): readonly CaseFacts[] {
  return Array.from({ length: number }, () => facts);
}

function idsOf(facts: readonly CaseFacts[], isBlocked = false): readonly string[] {
  return causesOf(facts, isBlocked).map(({ requirement, observation }) => `${requirement}/${observation}`);
}

interface Row {
  readonly name: string;
  readonly trait: Partial<Sent> | { readonly isDeflated: true };
  /** What the cases that pass are like. */
  readonly control?: Partial<Sent>;
  readonly cause: string;
}

const TABLE: readonly Row[] = [
  {
    name: "frames that come together",
    trait: { frames: 2, together: true },
    control: { frames: 2 },
    cause: "6455-6.2-1/frames-lost",
  },
  { name: "fragments", trait: { frames: 2, fragments: true }, cause: "6455-5.4-6/wrong-answer" },
  {
    name: "control frames inside a message",
    trait: { frames: 3, fragments: true, controlInside: true },
    control: { frames: 2, fragments: true },
    cause: "6455-5.4-1/wrong-answer",
  },
  { name: "long frames", trait: { longest: 200 }, cause: "6455-6.2-1/lengths-lost" },
  { name: "very long frames", trait: { longest: 70_000 }, cause: "6455-6.2-1/lengths-lost" },
  { name: "binary messages", trait: { text: false, binary: true }, cause: "6455-6.2-1/type-lost" },
  { name: "compressed messages", trait: { isDeflated: true }, cause: "7692-6.2-1/wrong-answer" },
];

function withTrait(make: (changes: Changes) => CaseFacts, trait: Row["trait"]): CaseFacts {
  return "isDeflated" in trait ? make({ isDeflated: true }) : make({ sent: trait });
}

describe("a cause is named if all cases with its trait lose something, and cases without it do not", () => {
  for (const { name, trait, control = {}, cause } of TABLE) {
    const losing = withTrait(lost, trait);
    const fine = echoed({ sent: control });

    test(name, () => {
      assert.deepEqual(idsOf([...times(3, losing), ...times(3, fine)]), [cause]);
    });

    test(`${name}: not if one of them comes back`, () => {
      const spared = withTrait(echoed, trait);
      assert.deepEqual(idsOf([...times(3, losing), spared, ...times(3, fine)]), []);
    });

    test(`${name}: not if nothing passes that lacks the trait`, () => {
      const others = times(3, lost({ received: { "1": 1 } }));
      assert.ok(!idsOf([...times(3, losing), ...others]).includes(cause));
    });

    test(`${name}: not of two cases`, () => {
      assert.deepEqual(idsOf([...times(2, losing), ...times(3, fine)]), []);
    });

    test(`${name}: what the tester sends illegally proves nothing`, () => {
      const illegal = { ...losing, mustFail: true };
      assert.deepEqual(idsOf([...times(3, illegal), ...times(3, fine)]), []);
    });
  }
});

test("lengths are no cause if a shorter message is lost as well", () => {
  const long = lost({ sent: { longest: 70_000 } });
  const facts = [...times(3, long), ...times(3, echoed())];
  assert.deepEqual(idsOf(facts), ["6455-6.2-1/lengths-lost"]);
  assert.deepEqual(idsOf([...facts, lost({ received: { "1": 1 } })]), []);
});

test("a server that sends text back as binary loses its fragments for the same reason", () => {
  const binary = { "2": 1, "8": 1 };
  const facts = [
    ...times(3, lost({ received: binary })),
    ...times(4, lost({ received: binary, sent: { frames: 2, fragments: true } })),
    ...times(3, echoed({ received: binary, sent: { text: false, binary: true } })),
  ];
  const [cause, ...others] = causesOf(facts, false);
  assert.deepEqual(others, []);
  assert.match(cause?.does ?? "", /text messages back as binary/);
  assert.ok(facts.filter(({ blames }) => blames.length > 0).every((one) => cause?.explains(one, LOSS)));
});

test("silence is one cause if nothing comes on any connection, of one case if the others were not played", () => {
  const silent = lost({ received: {} });
  assert.deepEqual(idsOf(times(3, silent)), ["6455-6.2-1/wrong-answer"]);
  assert.deepEqual(idsOf([silent], true), ["6455-6.2-1/wrong-answer"]);
  assert.deepEqual(idsOf([silent]), []);
  assert.deepEqual(idsOf([...times(3, silent), echoed()]), []);
  assert.deepEqual(idsOf([{ ...silent, endsFirst: true }], true)[0], "6455-6.2-1/closed-early");
});

test("Pings that are never answered, where messages are", () => {
  const unanswered = lost({ sent: { pings: true, text: false } });
  const cause = "6455-5.5.2-1/wrong-answer";
  assert.deepEqual(idsOf([...times(3, unanswered), ...times(3, echoed())]), [cause]);
  const answered = echoed({ received: { "10": 1 }, sent: { pings: true, text: false } });
  assert.deepEqual(idsOf([...times(3, unanswered), answered, ...times(3, echoed())]), []);
});

describe("closing", () => {
  const blame = { requirement: "6455-5.5.1-5", outcome: "fail", because: "" } as const;
  for (const observation of ["no-close-frame", "no-close-answer"] as const) {
    const closing = echoed({ blames: [{ ...blame, observation }], received: { "1": 1 } });
    test(`${observation}: never a Close frame`, () => {
      assert.deepEqual(idsOf(times(3, closing)), [`6455-5.5.1-5/${observation}`]);
    });
    test(`${observation}: not if one came on some connection`, () => {
      assert.deepEqual(idsOf([...times(3, closing), echoed()]), []);
    });
  }

  test("an ordinary code for everything illegal, and never none", () => {
    const failing = (requirement: string, ownCode: number | null): CaseFacts =>
      echoed({
        mustFail: true,
        wanted: 0,
        ownCode,
        blames: [{ requirement, observation: "illegal-accepted", outcome: "fail", because: "" }],
      });
    const all = ["6455-5.2-2", "6455-5.2-3", "6455-8.1-1"].map((id) => failing(id, 1000));
    assert.deepEqual(idsOf(all), ["6455-7.1.7-3/wrong-close-code"]);
    assert.deepEqual(idsOf([...all, failing("6455-5.4-2", null)]), []);
  });
});

describe("what was sent is read from the wire log", () => {
  const frame = (changes: Partial<FrameView> = {}): FrameView => ({
    opcode: 1,
    fin: true,
    rsv: 0,
    masked: true,
    mask: "00000000",
    length: 2,
    payload: "6869",
    ...changes,
  });
  const read = (...entries: Parameters<SentReader["see"]>[0][]): Sent => {
    const reader = new SentReader();
    for (const entry of entries) reader.see(entry);
    return reader.sent;
  };
  const sent = (changes: Partial<FrameView> = {}): { dir: ">"; frame: FrameView } => ({
    dir: ">",
    frame: frame(changes),
  });

  test("frames behind one another are together; a read, a pause or a write of its own comes between them", () => {
    assert.equal(read(sent(), sent()).together, true);
    assert.equal(read(sent(), { dir: "<", frame: frame() }, sent()).together, false);
    assert.equal(read(sent({ sync: true }), sent({ sync: true })).together, false);
    assert.equal(read(sent(), { dir: "=", timer: "wait", phase: "set", seconds: 1 }, sent()).together, false);
    assert.equal(read(sent(), { dir: ">", octets: 8, hex: "" }, sent()).together, true);
  });

  test("a Close frame is no message, and can come together with one", () => {
    const { frames, closeTogether, together } = read(sent(), sent({ opcode: 8 }));
    assert.deepEqual([frames, closeTogether, together], [1, true, false]);
  });

  test("fragments, what is between them, types and lengths", () => {
    const one = read(sent({ fin: false, length: 300 }), sent({ opcode: 9 }), sent({ opcode: 0 }));
    assert.deepEqual(
      [one.fragments, one.controlInside, one.pings, one.text, one.binary, one.longest, one.frames],
      [true, true, true, true, false, 300, 3],
    );
    assert.equal(read(sent({ chop: 1, opcode: 2 })).chopped, true);
  });
});

test("what loses frames that come together loses those that come in several reads too, unless a short one shows the same", () => {
  const together = { frames: 2, together: true };
  const apart = times(3, echoed({ sent: { frames: 2 } }));
  const facts = [...times(3, lost({ sent: together })), ...apart];
  const garbled: Blame = {
    requirement: "6455-5.2-3",
    observation: "violation",
    outcome: "fail",
    because: "",
  };
  const long = lost({ blames: [garbled], octetsSent: 65_536 });
  const short = lost({ blames: [garbled], octetsSent: 200 });
  const explains = (all: readonly CaseFacts[], one: CaseFacts): boolean | undefined =>
    causesOf(all, false)
      .find(({ observation }) => observation === "frames-lost")
      ?.explains(one, garbled);
  assert.equal(explains([...facts, long], long), true);
  assert.equal(explains([...facts, long, short], long), false);
  assert.equal(explains([...facts, short], short), false);
});
