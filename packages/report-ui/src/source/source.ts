import type { PageCase, PageDetail, PageEvent } from "wireproof/page";

/** Where the page gets its events and the details of cases from. */
export interface Source {
  /** True where events still arrive. */
  readonly isLive: boolean;
  /** Calls back with events, a batch at a time, in order. */
  readonly open: (listener: SourceListener) => void;
  /** The detail of a case; null if there is none to be had. */
  readonly detail: (result: PageCase) => Promise<PageDetail | null>;
}

export interface SourceListener {
  readonly events: (events: readonly PageEvent[]) => void;
  /** Everything that is there now has been told. */
  readonly settled: () => void;
  /** The connection to the tester is there, or is not. */
  readonly connected: (isConnected: boolean) => void;
}
