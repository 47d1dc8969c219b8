import type { PageCase, PageDetail, PageEvent } from "wireproof/page";

/** Where the page gets its events and the details of cases from. */
export interface Source {
  /** True where events still arrive. */
  readonly isLive: boolean;
  /** Calls back with events, a batch at a time, in order. */
  readonly open: (listener: SourceListener) => void;
  /** The detail of a case; null if it is not available. */
  readonly detail: (result: PageCase) => Promise<PageDetail | null>;
}

export interface SourceListener {
  readonly events: (events: readonly PageEvent[]) => void;
  /** Everything that exists so far has been sent. */
  readonly settled: () => void;
  /** The connection to the tester was opened or lost. */
  readonly connected: (isConnected: boolean) => void;
}
