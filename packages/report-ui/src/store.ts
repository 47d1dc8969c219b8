import { useEffect, useState } from "preact/hooks";

import { changesOf, type Change } from "./model/changes.js";
import { RunModel, type Peer } from "./model/run-model.js";
import { parseRoute, type Route } from "./model/route.js";
import type { Source } from "./source/source.js";

/** What the page shows: the run as far as it is known, and where the reader is in it. */
export interface Snapshot {
  readonly model: RunModel;
  readonly route: Route;
  /** Grows with every change of the model. */
  readonly version: number;
  readonly isSettled: boolean;
  readonly isLive: boolean;
  readonly isConnected: boolean;
  /** By peer, in their order. */
  readonly changes: readonly ReadonlyMap<string, Change>[];
}

/** Keeps the state of the page and notifies its views when it changes. */
export class Store {
  readonly source: Source;
  #snapshot: Snapshot;
  readonly #listeners = new Set<() => void>();

  constructor(source: Source, hash: string) {
    this.source = source;
    this.#snapshot = {
      model: new RunModel(),
      route: parseRoute(hash),
      version: 0,
      isSettled: false,
      isLive: source.isLive,
      isConnected: true,
      changes: [],
    };
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Begins to follow the source and the address of the page. */
  open(window: Window): void {
    window.addEventListener("hashchange", () => {
      this.#set({ route: parseRoute(window.location.hash) });
    });
    this.source.open({
      events: (events) => {
        const { model, version } = this.#snapshot;
        for (const event of events) model.apply(event);
        this.#set({ version: version + 1, changes: changesOfAll(model) });
      },
      settled: () => {
        if (!this.#snapshot.isSettled) this.#set({ isSettled: true });
      },
      connected: (isConnected) => {
        if (this.#snapshot.isConnected !== isConnected) this.#set({ isConnected });
      },
    });
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #set(change: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** The state now, and again whenever it changes. */
export function useSnapshot(store: Store): Snapshot {
  const [snapshot, setSnapshot] = useState(store.snapshot);
  useEffect(() => {
    const update = (): void => setSnapshot(store.snapshot);
    update();
    return store.listen(update);
  }, [store]);
  return snapshot;
}

function changesOfAll(model: RunModel): readonly ReadonlyMap<string, Change>[] {
  return model.peers.map((peer: Peer) => changesOf(model, peer));
}
