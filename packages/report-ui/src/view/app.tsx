import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { useSnapshot, type Store } from "../store.js";
import { CasePage } from "./case-page.js";
import { Catalogue } from "./catalogue.js";
import { Header } from "./header.js";
import { Matrix } from "./matrix.js";
import { Overview } from "./overview.js";
import { Plots } from "./plots.js";

/** The page: a header, and the view that its address names. */
export function App({ store }: { readonly store: Store }): JSX.Element {
  const snapshot = useSnapshot(store);
  const { route, model, isSettled } = snapshot;
  const key = `${route.view} ${route.id ?? ""} ${route.agent ?? ""}`;
  useEffect(() => {
    document.title = titleOf(route.view, route.id);
    // A view begins at its top; the matrix keeps its place, which the browser remembers.
    if (route.view === "case" && route.entry === undefined) scrollTo(0, 0);
  }, [key]);
  return (
    <>
      <Header snapshot={snapshot} />
      <main>
        {model.start === null ? (
          <Empty isSettled={isSettled} isLive={snapshot.isLive} />
        ) : (
          view(store, snapshot)
        )}
      </main>
    </>
  );
}

function view(store: Store, snapshot: ReturnType<typeof useSnapshot>): JSX.Element {
  switch (snapshot.route.view) {
    case "case":
      return <CasePage store={store} snapshot={snapshot} />;
    case "plots":
      return <Plots snapshot={snapshot} />;
    case "catalogue":
      return <Catalogue snapshot={snapshot} />;
    case "matrix":
      return (
        <>
          <Overview snapshot={snapshot} />
          <Matrix snapshot={snapshot} />
        </>
      );
  }
}

function Empty({
  isSettled,
  isLive,
}: {
  readonly isSettled: boolean;
  readonly isLive: boolean;
}): JSX.Element {
  if (isLive) return <h1 class="opening">Waiting for the run to begin…</h1>;
  return <h1 class="opening">{isSettled ? "There is no run in this file." : "Opening the report…"}</h1>;
}

function titleOf(view: string, id: string | undefined): string {
  if (view === "case" && id !== undefined) return `Case ${id} · Wireproof report`;
  if (view === "plots") return "Measurements · Wireproof report";
  if (view === "catalogue") return "Catalogue · Wireproof report";
  return "Wireproof report";
}
