/** What clients of a server may take of it. Times are in milliseconds, and not scaled. */
export interface ServeLimits {
  /** Connections at the same time; more are closed as soon as they are accepted. */
  readonly connections: number;
  /** Different names of agents. */
  readonly agents: number;
  /** Plays of one case for one agent. */
  readonly plays: number;
  /** Octets of the events of a run, roughly; beyond them no case begins. */
  readonly recordOctets: number;
  /** How long a connection for commands may bring no whole command. */
  readonly commandMs: number;
  /** How long a connection may wait for the result of a case. */
  readonly resultMs: number;
}

/** Usual limits for open files are 1,024. */
export const SERVE_LIMITS: ServeLimits = {
  connections: 500,
  agents: 1000,
  plays: 100,
  recordOctets: 4 * 1024 * 1024 * 1024,
  commandMs: 60_000,
  resultMs: 300_000,
};
