/** The names that the wire log has for what HTTP/2 numbers (RFC 9113 §6), and what a connection begins with. */

/** Frame types, by number. */
export const HTTP2_TYPES: readonly string[] = [
  "DATA",
  "HEADERS",
  "PRIORITY",
  "RST_STREAM",
  "SETTINGS",
  "PUSH_PROMISE",
  "PING",
  "GOAWAY",
  "WINDOW_UPDATE",
  "CONTINUATION",
];

/** Flags by name; ACK and END_STREAM share a bit, of different types. */
export const HTTP2_FLAGS: Readonly<Record<string, number>> = {
  ACK: 0x1,
  END_STREAM: 0x1,
  END_HEADERS: 0x4,
  PADDED: 0x8,
  PRIORITY: 0x20,
};

/** What a client sends before its first frame, one character an octet (RFC 9113 §3.4). */
export const HTTP2_PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
