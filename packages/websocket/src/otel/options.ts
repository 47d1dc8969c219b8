/**
 * What a {@link WebSocketInstrumentation} does.
 *
 * @example
 * ```ts
 * import { WebSocketInstrumentation, type InstrumentationOptions } from "@wireproof/websocket/otel";
 *
 * const options: InstrumentationOptions = {
 *   connectionSpans: true,
 *   route: (path) => (path.startsWith("/rooms/") ? "/rooms/{room}" : undefined),
 * };
 * const instrumentation = new WebSocketInstrumentation(options);
 * instrumentation.disable();
 * ```
 */
export interface InstrumentationOptions {
  /** Whether it begins at once; `enable` does it later. Default true. */
  readonly enabled?: boolean;
  /**
   * Whether each connection has a span of its own, from its opening to its end, in a trace of its own that is linked to the
   * span of the opening handshake. Default false: a span is exported when it ends, and a connection may last for days.
   */
  readonly connectionSpans?: boolean;
  /**
   * The route of a request on a server, such as "/rooms/{room}", for the span's name and `http.route`. There should be few
   * different ones. Default: none.
   *
   * @param path - The path of the request, as it came.
   */
  readonly route?: (path: string) => string | undefined;
}
