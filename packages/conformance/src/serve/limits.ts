/**
 * What clients of a server may use. Times are in milliseconds, and not scaled.
 *
 * @example
 * ```ts
 * import { cases, serve, type ServeLimits } from "wireproof";
 *
 * const limits: Partial<ServeLimits> = { connections: 20, agents: 1 };
 * const served = await serve({ cases, port: 0, limits });
 * served.stop();
 * for await (const event of served.events)
 *   if (event.type === "run") console.assert(event.config.concurrency === 20);
 * ```
 */
export interface ServeLimits {
  /** Connections at the same time; more are closed as soon as they are accepted. Default 500. */
  readonly connections: number;
  /** Different names of clients. Default 1,000. */
  readonly agents: number;
  /** Plays of one case for one client. Default 100. */
  readonly plays: number;
  /** Octets of the events of a run, roughly; above them no case begins. Default 4 GiB. */
  readonly recordOctets: number;
  /** Milliseconds that a connection for commands may send no whole command. Default 60,000. */
  readonly commandMs: number;
  /** Milliseconds that a connection may wait for the result of a case. Default 300,000. */
  readonly resultMs: number;
}

/** A usual limit for open files is 1,024. */
export const SERVE_LIMITS: ServeLimits = {
  connections: 500,
  agents: 1000,
  plays: 100,
  recordOctets: 4 * 1024 * 1024 * 1024,
  commandMs: 60_000,
  resultMs: 300_000,
};
