import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  accept,
  buildRequest,
  checkOrigin,
  checkRequest,
  checkResponse,
  type ExtensionOffer,
  formatExtension,
  HeadReader,
  type HeadRead,
  type HeaderPair,
  parseExtensions,
  refuse,
  type RequestHead,
} from "../../src/handshake/index.js";
import { acceptFor } from "../../src/handshake/accept-key.js";
import { isToken } from "../../src/handshake/fields.js";
import { OPEN_TO_ALL, requestWith, responseWith, sha1 } from "./sample.js";

const token = fc.string({
  unit: characterOf("abcXYZ019!#$%&'*+-.^_`|~"),
  minLength: 1,
  maxLength: 12,
});
const fieldValue = fc
  .string({
    unit: fc
      .integer({ min: 0x21, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
  })
  .map((text) => text.trim());
const key = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((octets) => Buffer.from(octets).toString("base64"));
const extension: fc.Arbitrary<ExtensionOffer> = fc.record(
  {
    name: token,
    params: fc.array(fc.tuple(token, fc.option(token, { nil: undefined })), { maxLength: 4 }),
  },
  { noNullPrototype: true },
);
const protocols = fc.uniqueArray(token, { maxLength: 5 });
const ownHeaders: fc.Arbitrary<HeaderPair[]> = fc.array(
  fc.tuple(
    token.map((name) => `X-${name}`),
    fieldValue,
  ),
  { maxLength: 5 },
);
const whitespace = fc.constantFrom("", " ", "\t", "  ");

/** Texts that are nearly right, and texts that are not. */
const hostileText = fc.oneof(
  fc.string({ unit: characterOf('ab,;="\\ \t/:.[]%@#?1-é\u0000\r\n') }),
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "websocket",
    "upgrade",
    "13",
    "0",
    "permessage-deflate; x",
    "http://h",
    "null",
    "h:80",
    "[::1]",
  ),
);
const hostileName = fc.oneof(
  fc.constantFrom(
    "Host",
    "Upgrade",
    "Connection",
    "Origin",
    "Content-Length",
    "Transfer-Encoding",
    "__proto__",
  ),
  fc
    .constantFrom("Key", "Version", "Protocol", "Extensions", "Accept")
    .map((name) => `Sec-WebSocket-${name}`),
  fc.string({ unit: "binary" }),
);
const hostilePairs = fc.array(fc.tuple(hostileName, hostileText), { maxLength: 4 });

function characterOf(text: string): fc.Arbitrary<string> {
  return fc.constantFrom(...text.split(""));
}

/** Reads a request as an HTTP server would. */
function asHead(text: string): RequestHead {
  const [line = "", ...fields] = text.slice(0, -4).split("\r\n");
  const [method = "", target = "", version = ""] = line.split(" ");
  const rawHeaders = fields.flatMap((field) => {
    const colon = field.indexOf(":");
    return [field.slice(0, colon), field.slice(colon + 1)];
  });
  return { method, target, httpVersion: version.slice("HTTP/".length), rawHeaders };
}

/** Feeds a reader with pieces of these lengths, over and over. */
function readInPieces(octets: Uint8Array, lengths: readonly number[]): { read: HeadRead; used: number } {
  const reader = new HeadReader();
  let used = 0;
  let read: HeadRead = { state: "more" };
  for (let piece = 0; used < octets.length && read.state === "more"; piece++) {
    const end = Math.min(used + (lengths[piece % lengths.length] ?? 1), octets.length);
    read = reader.read(octets, used, end);
    used = read.state === "head" ? read.next : end;
  }
  return { read, used };
}

describe("what is written is read back", () => {
  test("extensions", () => {
    fc.assert(
      fc.property(fc.array(extension, { minLength: 1, maxLength: 5 }), (extensions) => {
        assert.deepEqual(parseExtensions(extensions.map(formatExtension)), extensions);
        assert.deepEqual(parseExtensions([extensions.map(formatExtension).join(", ")]), extensions);
      }),
    );
  });

  test("extensions with values in quotes and whitespace between all parts", () => {
    fc.assert(
      fc.property(token, token, token, whitespace, (name, parameter, value, gap) => {
        const quoted = Array.from(value, (character) => `\\${character}`).join("");
        for (const written of [value, `"${value}"`, `"${quoted}"`]) {
          const text = ["", name, ";", parameter, "=", written, ""].join(gap);
          assert.deepEqual(parseExtensions([text]), [{ name, params: [[parameter, value]] }]);
        }
      }),
    );
  });

  test("a request", () => {
    const plan = fc.record({
      host: fc.constantFrom("h", "h:81", "[::1]:9001"),
      target: fc.webPath().map((path) => `/${path.replace(/^\/+/, "")}`),
      key,
      protocols,
      extensions: fc.option(extension.map(formatExtension), { nil: undefined }),
      origin: fc.option(fieldValue, { nil: undefined }),
      headers: ownHeaders,
    });
    fc.assert(
      fc.property(plan, (asked) => {
        const check = checkRequest(asHead(buildRequest(asked)), OPEN_TO_ALL);
        assert.ok(check.ok, check.ok ? "" : check.refusal.problem.id);
        const { host, target, origin } = asked;
        const offers = asked.extensions === undefined ? [] : parseExtensions([asked.extensions]);
        assert.deepEqual(check.request, {
          key: asked.key,
          host,
          target,
          origin,
          protocols: asked.protocols,
          offers,
        });
      }),
    );
  });

  test("an answer, however it is cut", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        key,
        protocols,
        extension,
        ownHeaders,
        lengths,
        fc.uint8Array(),
        (sent, names, offer, headers, cuts, rest) => {
          const [protocol] = names;
          const offers = [offer];
          const request = { key: sent, host: "h", target: "/", origin: undefined, protocols: names, offers };
          const extensions = formatExtension(offer);
          const head = Buffer.from(accept(request, { protocol, extensions, headers }, sha1), "latin1");
          const { read, used } = readInPieces(Buffer.concat([head, rest]), cuts);
          assert.ok(read.state === "head");
          assert.equal(used, head.length);
          assert.deepEqual(
            read.head.rawHeaders.slice(read.head.rawHeaders.length - 2 * headers.length),
            headers.flat(),
          );
          const expected = {
            accept: acceptFor(sent, sha1),
            protocols: names,
            isProtocolRequired: true,
            extensions,
          };
          assert.deepEqual(checkResponse(read.head, expected), { ok: true, protocol, extensions: offers });
        },
      ),
    );
  });

  test("a refusal", () => {
    const status = fc.integer({ min: 200, max: 599 }).filter((code) => code !== 204 && code !== 304);
    fc.assert(
      fc.property(status, ownHeaders, fc.string({ unit: "binary" }), (code, headers, body) => {
        const octets = Buffer.from(refuse(code, headers, body), "latin1");
        const read = new HeadReader().read(octets);
        assert.ok(read.state === "head");
        assert.equal(read.head.status, code);
        assert.equal(octets.subarray(read.next).toString("utf8"), Buffer.from(body).toString("utf8"));
        assert.ok(read.head.rawHeaders.includes(String(octets.length - read.next)));
      }),
    );
  });
});

describe("nothing that a peer sends is thrown at us", () => {
  test("requests; those that are taken are safe to use", () => {
    fc.assert(
      fc.property(hostilePairs, hostilePairs, hostileText, (changes, more, text) => {
        const target = text.startsWith("/") ? text : "/";
        const head = requestWith(Object.fromEntries(changes), more, { target });
        const check = checkRequest(head, OPEN_TO_ALL);
        if (!check.ok) return void refuse(check.refusal.status, check.refusal.headers, check.refusal.body);
        const { protocols: names, offers } = check.request;
        assert.ok(names.every(isToken));
        assert.equal(new Set(names).size, names.length);
        const [protocol] = names;
        const extensions = offers[0] && formatExtension(offers[0]);
        const lines = accept(check.request, { protocol, extensions }, sha1).split("\r\n").length;
        assert.equal(lines, 6 + (protocol === undefined ? 0 : 1) + (extensions === undefined ? 0 : 1));
      }),
    );
  });

  test("request lines", () => {
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, (method, target, httpVersion) => {
        for (const line of [{ method }, { target }, { httpVersion }]) {
          const check = checkRequest(requestWith({}, [], line), OPEN_TO_ALL);
          if (check.ok) assert.match(check.request.target, /^\/[\x21-\x7e]*$/);
        }
      }),
    );
  });

  test("answers", () => {
    fc.assert(
      fc.property(hostilePairs, hostilePairs, (changes, more) => {
        const head = responseWith(Object.fromEntries(changes), more);
        const check = checkResponse(head, {
          accept: "x",
          protocols: ["a"],
          isProtocolRequired: false,
          extensions: "permessage-deflate",
        });
        if (check.ok) assert.ok(head.rawHeaders.some((value) => value.trim() === "x"));
      }),
    );
  });

  test("origins; what same-origin lets in names the host", () => {
    fc.assert(
      fc.property(hostileText, hostileText, fc.boolean(), (origin, host, isSecure) => {
        checkOrigin(origin, host, isSecure, ["http://a.example", /[a-z]+:\/\/b/]);
        if (checkOrigin(origin, host, isSecure, "same-origin")) {
          assert.ok(origin.toLowerCase().includes(host.toLowerCase().replace(/:\d*$/, "")));
        }
      }),
    );
  });

  test("octets: every way to cut them gives the same", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
    const lines = fc.array(fc.oneof(hostileText, fc.constantFrom("X: y", "HTTP/1.1 100 x", "", "")), {
      maxLength: 8,
    });
    const text = lines.map((all) => Buffer.from(["HTTP/1.1 101 x", ...all].join("\r\n"), "latin1"));
    const octets = fc.oneof(fc.uint8Array(), text);
    fc.assert(
      fc.property(octets, lengths, (bytes, cuts) => {
        const whole = readInPieces(bytes, [bytes.length + 1]);
        const cut = readInPieces(bytes, cuts);
        assert.equal(cut.read.state, whole.read.state);
        if (whole.read.state === "problem") assert.deepEqual(cut.read, whole.read);
        if (whole.read.state === "head" && cut.read.state === "head") {
          assert.deepEqual(cut.read.head, whole.read.head);
          assert.equal(cut.used, whole.used);
        }
      }),
    );
  });
});
