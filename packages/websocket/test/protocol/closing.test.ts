import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { ClosingEvent, Phase, stateOf, transition } from "../../src/protocol/closing.js";
import { Opcode } from "../../src/protocol/opcode.js";
import type { Sink } from "../../src/protocol/sink.js";
import { Side, State } from "../../src/protocol/state.js";
import { VIOLATIONS } from "../../src/protocol/violation.js";
import { closeOctets, fromHex } from "../support/frames.js";
import { client, server } from "../support/harness.js";
import type { Harness } from "../support/harness.js";

const { Text, Ping, Close } = Opcode;

function closeFrame(code: number, reason = ""): { opcode: number; payload: Uint8Array } {
  return { opcode: Close, payload: closeOctets(code, reason) };
}

describe("the peer closes", () => {
  test("a server answers with the code, ends its output and waits for the client's end", () => {
    const peer = server();
    assert.equal(peer.connection.state, State.Open);
    peer.receiveFrames(closeFrame(3000, "bye"), { opcode: Text, payload: "dropped" });
    assert.deepEqual(peer.take(), ['> CLOSE 3000 ""', "> END", "closing"]);
    assert.equal(peer.connection.state, State.Closing);
    assert.equal(peer.connection.deadline, peer.now + 5000);
    peer.connection.receiveEnd();
    peer.connection.transportClosed();
    assert.deepEqual(peer.take(), ['closed 3000 "bye" clean']);
    assert.equal(peer.connection.state, State.Closed);
    assert.equal(peer.connection.deadline, Infinity);
  });

  test("an answer that never went out makes no clean end", () => {
    const peer = server();
    peer.receiveFrames(closeFrame(1009, "too big"));
    peer.take();
    peer.connection.transportClosed(false, true);
    assert.deepEqual(peer.take(), ['closed 1009 "too big" unclean']);
  });

  test("an end without a Close frame differs from one behind it", () => {
    for (const isClosed of [true, false]) {
      const peer = server();
      if (isClosed) peer.receiveFrames(closeFrame(1000));
      assert.equal(peer.connection.isBroken, false);
      peer.connection.receiveEnd();
      assert.equal(peer.connection.isBroken, !isClosed);
    }
  });

  test("the reason comes back only where that was asked for", () => {
    const peer = server({ connection: { echoReason: true } });
    peer.receiveFrames(closeFrame(3000, "bye"));
    assert.equal(peer.trace[0], '> CLOSE 3000 "bye"');
  });

  test("its owner hears of it before the answer, and may close first", () => {
    for (const [payload, told] of [
      [closeFrame(3000, "bye"), [3000, "bye"]],
      [{ opcode: Close }, [1005, ""]],
    ] as const) {
      for (const closesFirst of [false, true]) {
        const peer = server();
        const seen: unknown[] = [];
        (peer as Sink).onPeerClose = (code, reason) => {
          seen.push(code, reason, peer.connection.state);
          if (closesFirst) peer.connection.close(3001, "mine");
        };
        peer.receiveFrames(payload);
        peer.connection.transportClosed();
        assert.deepEqual(seen, [...told, State.Open]);
        const answer = told[0] === 1005 ? '> CLOSE ""' : '> CLOSE 3000 ""';
        const lines = closesFirst
          ? ['> CLOSE 3001 "mine"', "closing", "> END"]
          : [answer, "> END", "closing"];
        assert.deepEqual(peer.take(), [...lines, `closed ${told[0]} "${told[1]}" clean`]);
      }
    }
  });

  test("a client answers and ends its output after the server's", () => {
    const peer = client();
    peer.receiveFrames(closeFrame(1001));
    assert.deepEqual(peer.take(), ['> CLOSE 1001 ""', "closing"]);
    peer.connection.receiveEnd();
    assert.deepEqual(peer.take(), ["> END"]);
    peer.connection.receiveEnd();
    peer.connection.transportClosed();
    assert.deepEqual(peer.take(), ['closed 1001 "" clean']);
  });

  test("without a code the answer has none, and 1005 is reported", () => {
    const peer = server();
    peer.receiveFrames({ opcode: Close });
    peer.connection.transportClosed();
    const lines = ['> CLOSE ""', "> END", "closing", 'closed 1005 "" clean'];
    assert.deepEqual(peer.take(), lines);
  });

  test("codes whose role is the other one's are accepted", () => {
    for (const [make, code] of [
      [server, 1011],
      [client, 1010],
    ] as const) {
      const peer = make();
      peer.receiveFrames(closeFrame(code));
      assert.equal(peer.trace[0], `> CLOSE ${code} ""`);
    }
  });

  test("a Close frame cut anywhere", () => {
    const whole = server();
    whole.receiveFrames(closeFrame(1000, "é"));
    const octets = [0x88, 0x84, 0, 0, 0, 0, ...closeOctets(1000, "é")];
    for (let cut = 0; cut <= octets.length; cut += 1) {
      const peer = server();
      peer.receive(Uint8Array.from(octets.slice(0, cut)));
      peer.receive(Uint8Array.from(octets.slice(cut)));
      assert.deepEqual(peer.trace, whole.trace, `cut at ${cut}`);
    }
  });

  const wrong = [
    ["03", 1002, "close-payload-of-one-octet"],
    ["03 ee", 1002, "invalid-close-code"],
    ["03 e8 ff", 1007, "invalid-close-reason"],
  ] as const;
  for (const [text, code, id] of wrong) {
    test(`wrongly: ${id}`, () => {
      const peer = server();
      peer.receiveFrames({ opcode: Close, payload: fromHex(text) });
      peer.connection.transportClosed();
      const lines = peer.take();
      assert.match(lines[0]!, new RegExp(`^> CLOSE ${code} `));
      const rest = ["> END", `violation ${id}`, "closing", 'closed 1006 "" unclean'];
      assert.deepEqual(lines.slice(1), rest);
    });
  }
});

describe("we close", () => {
  test("a server ends its output when the answer has come", () => {
    const peer = server();
    peer.connection.close(1001, "bye");
    assert.deepEqual(peer.take(), ['> CLOSE 1001 "bye"', "closing"]);
    peer.now += 100;
    peer.receiveFrames(closeFrame(1001));
    assert.deepEqual(peer.take(), ["> END"]);
    assert.equal(peer.connection.deadline, peer.now + 5000);
    peer.connection.transportClosed();
    assert.deepEqual(peer.take(), ['closed 1001 "" clean']);
  });

  test("a client waits for the server's end", () => {
    const peer = client();
    peer.connection.close();
    peer.receiveFrames({ opcode: Close });
    assert.deepEqual(peer.take(), ['> CLOSE ""', "closing"]);
    peer.connection.receiveEnd();
    peer.connection.transportClosed();
    assert.deepEqual(peer.take(), ["> END", 'closed 1005 "" clean']);
  });

  test("messages still come until the answer does; pings get no pong any more", () => {
    const peer = server();
    peer.connection.close(1000);
    peer.take();
    peer.receiveFrames({ opcode: Text, payload: "a" }, { opcode: Ping }, closeFrame(1000));
    peer.receiveFrames({ opcode: Text, payload: "b" });
    assert.deepEqual(peer.take(), ['text "a"', 'ping ""', "> END"]);
  });

  test("inside a callback, in the middle of a chunk", () => {
    const peer = server();
    peer.onLine = (line) => {
      if (line === 'text "a"') peer.connection.close(1000);
    };
    peer.receiveFrames({ opcode: Text, payload: "a" }, { opcode: Text, payload: "b" }, closeFrame(1000), {
      opcode: Text,
      payload: "c",
    });
    const lines = ['text "a"', '> CLOSE 1000 ""', "closing", 'text "b"', "> END"];
    assert.deepEqual(peer.take(), lines);
  });

  test("once is enough, and nothing is sent afterwards", () => {
    const peer = server();
    peer.connection.close(1000);
    peer.take();
    peer.connection.close(1001);
    peer.connection.sendText("a");
    peer.connection.sendOctets(new Uint8Array(1), false);
    peer.connection.sendEncoded(fromHex("81 00"), 1);
    peer.connection.startMessage(Text);
    peer.connection.sendPart(new Uint8Array(1), true);
    peer.connection.ping();
    peer.connection.pong();
    assert.deepEqual(peer.take(), []);
  });

  test("with what may not be sent, nothing happens but an exception", () => {
    const peer = server();
    assert.throws(() => peer.connection.close(1005), RangeError);
    assert.throws(() => peer.connection.close(1000, "x".repeat(124)), RangeError);
    assert.equal(peer.connection.state, State.Open);
    assert.deepEqual(peer.take(), []);
  });

  test("and the peer breaks a rule: no second Close frame", () => {
    const peer = server();
    peer.connection.close(1000);
    peer.take();
    peer.receiveFrames({ opcode: 3 });
    peer.connection.transportClosed();
    const lines = ["> END", "violation reserved-opcode", 'closed 1006 "" unclean'];
    assert.deepEqual(peer.take(), lines);
  });

  test("and the peer ends the stream without an answer", () => {
    const peer = server();
    peer.connection.close(1000);
    peer.take();
    peer.connection.receiveEnd();
    peer.connection.transportClosed();
    assert.deepEqual(peer.take(), ["> END", 'closed 1006 "" unclean']);
  });
});

describe("the connection is failed", () => {
  test("the Close frame says why, unless that is switched off", () => {
    for (const explainsFailure of [true, false]) {
      const peer = server({ connection: { explainsFailure } });
      peer.receiveFrames({ opcode: 3 });
      const sentence = explainsFailure ? "The opcode is reserved: 3." : "";
      assert.equal(peer.trace[0], `> CLOSE 1002 "${sentence}"`);
    }
  });

  test("a client waits for the server's end", () => {
    const peer = client();
    peer.connection.fail(VIOLATIONS["heartbeat-timeout"]);
    const lines = peer.take();
    assert.match(lines[0]!, /^> CLOSE 1011/);
    assert.deepEqual(lines.slice(1), ["violation heartbeat-timeout", "closing"]);
    peer.connection.receiveEnd();
    assert.deepEqual(peer.take(), ["> END"]);
  });

  test("twice does no more than once", () => {
    const peer = server();
    peer.connection.fail(VIOLATIONS["internal-error"]);
    peer.take();
    peer.connection.fail(VIOLATIONS["internal-error"]);
    peer.connection.close(1000);
    peer.receiveFrames(closeFrame(1000));
    assert.deepEqual(peer.take(), []);
  });

  test("after the closing handshake it means nothing", () => {
    const peer = server();
    peer.receiveFrames(closeFrame(1000));
    peer.take();
    peer.connection.fail(VIOLATIONS["heartbeat-timeout"]);
    peer.connection.transportClosed();
    assert.deepEqual(peer.take(), ['closed 1000 "" clean']);
  });
});

describe("we drop the transport", () => {
  test("and nothing more is delivered or sent, of the same chunk neither", () => {
    for (const make of [server, client]) {
      const peer = make();
      peer.onLine = (line) => {
        if (line === 'text "a"') peer.connection.abort();
      };
      peer.receiveFrames({ opcode: Text, payload: "a" }, { opcode: Text, payload: "b" }, closeFrame(1000));
      assert.deepEqual(peer.take(), ['text "a"', "closing", "abort"]);
      assert.equal(peer.connection.state, State.Closing);
      peer.connection.sendText("c");
      peer.connection.ping();
      peer.connection.close(1000);
      peer.connection.receiveEnd();
      peer.connection.abort();
      peer.connection.transportClosed();
      peer.connection.abort();
      assert.deepEqual(peer.take(), ["abort", 'closed 1006 "" unclean']);
    }
  });

  test("after our Close frame: messages do not come any more", () => {
    const peer = server();
    peer.connection.close(1000);
    peer.take();
    peer.connection.abort();
    peer.receiveFrames({ opcode: Text, payload: "b" }, closeFrame(1000));
    peer.connection.transportClosed();
    assert.deepEqual(peer.take(), ["abort", 'closed 1006 "" unclean']);
  });

  test("after both Close frames: the closing stays clean", () => {
    const peer = server();
    peer.receiveFrames(closeFrame(3000));
    peer.take();
    peer.connection.abort();
    peer.connection.transportClosed();
    assert.deepEqual(peer.take(), ["abort", 'closed 3000 "" clean']);
  });

  test("and what waits is forgotten", () => {
    const peer = server();
    peer.connection.pause();
    peer.receiveFrames({ opcode: Text, payload: "a" });
    peer.connection.abort();
    peer.connection.resume();
    assert.deepEqual(peer.take(), ["paused", "closing", "resumed", "abort"]);
  });

  test("in the callback in which the transport goes by itself", () => {
    const peer = server();
    peer.onLine = (line) => {
      if (line === "closing") peer.connection.transportClosed();
    };
    peer.connection.abort();
    assert.deepEqual(peer.take(), ["closing", 'closed 1006 "" unclean']);
  });
});

describe("the peer ends the stream without a Close frame", () => {
  for (const make of [server, client]) {
    test(`a ${make.name} ends its output`, () => {
      const peer = make();
      peer.receive(fromHex("81"));
      peer.connection.receiveEnd();
      assert.deepEqual(peer.take(), ["> END", "closing"]);
      assert.equal(peer.connection.state, State.Closing);
      peer.connection.ping();
      peer.connection.transportClosed();
      assert.deepEqual(peer.take(), ['closed 1006 "" unclean']);
    });
  }
});

describe("deadlines", () => {
  const begin: readonly (readonly [string, (peer: Harness) => void])[] = [
    ["no answer to our Close frame", (peer) => peer.connection.close(1000)],
    ["no end after the closing handshake", (peer) => peer.receiveFrames(closeFrame(1000))],
    ["no end after failing", (peer) => peer.connection.fail(VIOLATIONS["internal-error"])],
    ["what was sent is not taken after the peer's end", (peer) => peer.connection.receiveEnd()],
  ];
  for (const [name, act] of begin) {
    for (const make of [server, client]) {
      test(`${name}: a ${make.name} closes the transport`, () => {
        const peer = make({ limits: { closeMs: 100 } });
        assert.equal(peer.connection.deadline, Infinity);
        act(peer);
        peer.take();
        assert.equal(peer.connection.deadline, 1100);
        peer.connection.tick(1099);
        assert.deepEqual(peer.take(), []);
        peer.connection.tick(1100);
        assert.deepEqual(peer.take(), ["abort"]);
        assert.equal(peer.connection.deadline, Infinity);
        peer.connection.tick(2000);
        assert.deepEqual(peer.take(), []);
      });
    }
  }
});

describe("the transport is gone", () => {
  test("onClosed comes once and last, whatever is called then", () => {
    const peer = server();
    peer.connection.transportClosed();
    peer.connection.transportClosed();
    assert.deepEqual(peer.take(), ['closed 1006 "" unclean']);
    const { connection } = peer;
    peer.receiveFrames({ opcode: Text });
    connection.receiveEnd();
    connection.close(1000);
    connection.fail(VIOLATIONS["internal-error"]);
    connection.sendText("a");
    connection.ping();
    connection.pause();
    connection.resume();
    connection.streamNext();
    connection.setBlocked(true);
    connection.setBlocked(false);
    connection.tick(1e9);
    connection.tick(Infinity);
    assert.deepEqual(peer.take(), []);
    assert.equal(connection.queuedOctets, 0);
    assert.equal(connection.output.isEnded, false);
  });

  test("what waits to be written is forgotten", () => {
    const peer = server({ keepsOutput: true });
    peer.connection.sendText("a");
    peer.connection.transportClosed();
    assert.equal(peer.connection.queuedOctets, 0);
  });

  /** Every line of these may be the one in which the transport goes. */
  const courses: readonly (readonly [string, (peer: Harness) => void])[] = [
    ["a ping and a message", (peer) => peer.receiveFrames({ opcode: Ping }, { opcode: Text })],
    ["the peer's Close frame", (peer) => peer.receiveFrames(closeFrame(1000))],
    ["our Close frame", (peer) => peer.connection.close(1000)],
    ["a violation", (peer) => peer.receiveFrames({ opcode: 3 })],
    ["the peer's end", (peer) => peer.connection.receiveEnd()],
    [
      "a violation while paused",
      (peer) => {
        peer.connection.pause();
        peer.connection.fail(VIOLATIONS["internal-error"]);
      },
    ],
  ];
  for (const [name, act] of courses) {
    test(`inside any callback: ${name}`, () => {
      const whole = server();
      act(whole);
      for (let at = 0; at < whole.trace.length; at += 1) {
        const peer = server();
        peer.onLine = () => {
          if (peer.trace.length === at + 1) peer.connection.transportClosed();
        };
        act(peer);
        const lines = whole.trace.slice(0, at + 1);
        assert.deepEqual(peer.trace.slice(0, at + 1), lines);
        assert.match(peer.trace[at + 1]!, /^closed/);
        assert.equal(peer.trace.length, at + 2, peer.trace.join("\n"));
      }
    });
  }
});

describe("the table", () => {
  test("nothing leads back, and from Closed nothing leads anywhere", () => {
    for (const side of Object.values(Side)) {
      for (const phase of Object.values(Phase)) {
        for (const event of Object.values(ClosingEvent)) {
          const { to, acts } = transition(side, phase, event);
          assert.ok(to >= phase || (phase === Phase.CloseSent && to >= phase));
          if (to === phase && phase !== Phase.Complete && phase !== Phase.Failed) {
            assert.equal(acts, 0);
          }
          if (event === ClosingEvent.TransportClosed) assert.equal(to, Phase.Closed);
        }
      }
    }
  });

  test("states as users see them", () => {
    assert.equal(stateOf(Phase.Open), State.Open);
    assert.equal(stateOf(Phase.Broken), State.Closing);
    assert.equal(stateOf(Phase.Closed), State.Closed);
  });
});
