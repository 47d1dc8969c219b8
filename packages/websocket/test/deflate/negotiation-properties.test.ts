import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  answerOffers,
  checkAgreed,
  type ClientDeflatePolicy,
  DEFAULT_CLIENT_DEFLATE,
  makeOffer,
  type ServerDeflatePolicy,
} from "../../src/deflate/negotiation.js";
import { type ExtensionOffer, parseExtensions } from "../../src/handshake/index.js";

const bits = fc.integer({ min: 8, max: 15 });
const serverPolicy: fc.Arbitrary<ServerDeflatePolicy> = fc.record({
  serverNoContextTakeover: fc.boolean(),
  clientNoContextTakeover: fc.boolean(),
  serverMaxWindowBits: bits,
  clientMaxWindowBits: bits,
});
const clientPolicy: fc.Arbitrary<ClientDeflatePolicy> = fc.record({
  serverNoContextTakeover: fc.boolean(),
  clientNoContextTakeover: fc.boolean(),
  serverMaxWindowBits: bits,
  clientMaxWindowBits: fc.option(bits, { nil: undefined }),
});

/** Offers with every mistake there is, and some without. */
const offer: fc.Arbitrary<ExtensionOffer> = fc.record({
  name: fc.constantFrom("permessage-deflate", "permessage-deflate", "x-foo"),
  params: fc.array(
    fc.tuple(
      fc.constantFrom(
        "server_no_context_takeover",
        "client_no_context_takeover",
        "server_max_window_bits",
        "client_max_window_bits",
        "x",
      ),
      fc.option(fc.constantFrom("8", "9", "12", "15", "7", "16", "08", "a"), { nil: undefined }),
    ),
    { maxLength: 4 },
  ),
});

function parse(header: string): ExtensionOffer[] {
  return parseExtensions([header]) ?? [];
}

test("any client and any server agree, and on the same", () => {
  fc.assert(
    fc.property(clientPolicy, serverPolicy, (client, server) => {
      const answer = answerOffers(parse(makeOffer(client)), server);
      assert.ok(answer);
      const [accepted, ...more] = parse(answer.response);
      assert.deepEqual(more, []);
      assert.deepEqual(checkAgreed(accepted?.params ?? [], client), {
        ok: true,
        agreement: answer.agreement,
      });
      const { agreement } = answer;
      assert.ok(
        agreement.serverMaxWindowBits <= Math.min(client.serverMaxWindowBits, server.serverMaxWindowBits),
      );
      assert.ok(agreement.clientMaxWindowBits <= (client.clientMaxWindowBits ?? 15));
      if (server.serverNoContextTakeover) assert.ok(agreement.serverNoContextTakeover);
      if (server.clientNoContextTakeover) assert.ok(agreement.clientNoContextTakeover);
    }),
  );
});

test("every answer to any offers obeys RFC 7692 §7.1", () => {
  fc.assert(
    fc.property(fc.array(offer, { maxLength: 4 }), serverPolicy, (offers, server) => {
      const answer = answerOffers(offers, server);
      if (answer === undefined) return;
      const params = new Map(parse(answer.response)[0]?.params);
      assert.equal(params.size, parse(answer.response)[0]?.params.length, "nothing twice");
      // Some offer fits: what it asks for is granted, and the client's window is named to those who offered it.
      const fits = offers.some((asked) => {
        const said = new Map(asked.params);
        const isGranted = (name: string): boolean => !said.has(name) || params.has(name);
        const isWithin = (name: string): boolean =>
          Number(params.get(name) ?? 0) <= Number(said.get(name) ?? 15);
        return (
          asked.name === "permessage-deflate" &&
          isGranted("server_no_context_takeover") &&
          isGranted("server_max_window_bits") &&
          isWithin("server_max_window_bits") &&
          isWithin("client_max_window_bits") &&
          (said.has("client_max_window_bits") || !params.has("client_max_window_bits"))
        );
      });
      assert.ok(fits, answer.response);
    }),
  );
});

test("no answer is thrown at a client, and none lets it keep to less than it asked for", () => {
  fc.assert(
    fc.property(offer, clientPolicy, ({ params }, client) => {
      const check = checkAgreed(params, client);
      if (!check.ok) return;
      assert.ok(check.agreement.serverMaxWindowBits <= client.serverMaxWindowBits);
      assert.ok(check.agreement.clientMaxWindowBits <= (client.clientMaxWindowBits ?? 15));
      assert.ok(check.agreement.serverNoContextTakeover || !client.serverNoContextTakeover);
      assert.ok(check.agreement.clientNoContextTakeover || !client.clientNoContextTakeover);
    }),
  );
});

test("a plain offer never brings a client's window into the answer", () => {
  fc.assert(
    fc.property(serverPolicy, (server) => {
      const answer = answerOffers(parse(makeOffer(DEFAULT_CLIENT_DEFLATE)), server);
      assert.doesNotMatch(answer?.response ?? "client", /client_max_window_bits/);
      assert.equal(answer?.agreement.clientMaxWindowBits, 15);
    }),
  );
});
