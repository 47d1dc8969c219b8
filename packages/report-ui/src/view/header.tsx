import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import brand from "../brand.html";
import { formatRoute, type Route } from "../model/route.js";
import { compareIds } from "wireproof/page";
import { hasPlots } from "../plot/plot-data.js";
import type { RunModel } from "../model/run-model.js";
import { grouped } from "../model/text.js";
import type { Snapshot } from "../store.js";

/** The name of the report, the way to its views, and the field that jumps to a case. */
export function Header({ snapshot }: { readonly snapshot: Snapshot }): JSX.Element {
  const { route, model } = snapshot;
  return (
    <header class="top">
      <a class="brand" href="#" aria-label="Wireproof" dangerouslySetInnerHTML={{ __html: brand }} />
      <nav aria-label="Views">
        <ViewLink
          to={{ view: "matrix" }}
          now={route.view === "matrix" || route.view === "case"}
          label="Matrix"
        />
        {hasPlots(model) && (
          <ViewLink to={{ view: "plots" }} now={route.view === "plots"} label="Measurements" />
        )}
        <ViewLink to={{ view: "catalogue" }} now={route.view === "catalogue"} label="Catalogue" />
      </nav>
      <LiveState snapshot={snapshot} />
      <Jump snapshot={snapshot} />
    </header>
  );
}

function ViewLink(props: {
  readonly to: Partial<Route>;
  readonly now: boolean;
  readonly label: string;
}): JSX.Element {
  return (
    <a href={formatRoute(props.to)} {...(props.now ? { "aria-current": "page" as const } : {})}>
      {props.label}
    </a>
  );
}

function LiveState({ snapshot }: { readonly snapshot: Snapshot }): JSX.Element | null {
  const { isLive, isConnected, model } = snapshot;
  if (!isLive) return null;
  if (model.end !== null) return <span class="live">Run finished</span>;
  return isConnected ? (
    <span class="live is-on">Live: {progressText(model)}</span>
  ) : (
    <span class="live is-off" role="status">
      No connection to the tester
    </span>
  );
}

/** `37 of 101`: cases with a result, of all that were selected for the peers that have come. */
function progressText({ peers, cases, start }: RunModel): string {
  const done = peers.reduce((sum, { results }) => sum + results.size, 0);
  const known = peers.reduce((sum, { selected }) => sum + (selected?.size ?? cases.length), 0);
  // Servers that were not reached yet have cases too; how many clients will come, nobody knows.
  const servers = start === null || start.config.role === "server" ? 0 : start.config.urls.length;
  const more = Math.max(0, servers - peers.length) * cases.length;
  const total = peers.length === 0 && more === 0 ? cases.length : known + more;
  return `${grouped(done)} of ${grouped(total)}`;
}

/** Type an id, press Enter. `/` goes there from anywhere. */
function Jump({ snapshot }: { readonly snapshot: Snapshot }): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const [isUnknown, setUnknown] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
      event.preventDefault();
      field.current?.select();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const jump = (event: Event): void => {
    event.preventDefault();
    const typed = field.current?.value.trim() ?? "";
    const id = nearestId(snapshot, typed);
    setUnknown(id === undefined);
    if (id === undefined) return;
    const { agent } = snapshot.route;
    location.hash = formatRoute({ view: "case", id, ...(agent === undefined ? {} : { agent }) });
    field.current?.blur();
  };
  return (
    <form class="jump" role="search" onSubmit={jump}>
      <input
        ref={field}
        aria-label="Go to a case by its id"
        aria-invalid={isUnknown}
        placeholder="Go to case, such as 5.20"
        title="Press / to come here"
        autocomplete="off"
        inputMode="decimal"
        onInput={() => setUnknown(false)}
      />
    </form>
  );
}

/** The case of this id, else the first one that it begins. */
function nearestId({ model }: Snapshot, typed: string): string | undefined {
  if (typed === "") return undefined;
  const ids = model.catalogue.map(({ id }) => id).sort(compareIds);
  return ids.find((id) => id === typed) ?? ids.find((id) => id.startsWith(typed));
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement
  );
}
