import { useEffect, useState } from "preact/hooks";

import type { PageCase, PageDetail } from "wireproof/page";
import type { Store } from "../store.js";

/** The detail of a case: loading, loaded, or not available. */
export type DetailState = PageDetail | "loading" | "missing";

export function useDetail(store: Store, result: PageCase | undefined): DetailState {
  const [state, setState] = useState<{ readonly of: PageCase | undefined; readonly detail: DetailState }>({
    of: undefined,
    detail: "loading",
  });
  useEffect(() => {
    if (result === undefined) return undefined;
    let isCurrent = true;
    const show = (detail: DetailState): void => {
      if (isCurrent) setState({ of: result, detail });
    };
    store.source.detail(result).then(
      (detail) => show(detail ?? "missing"),
      () => show("missing"),
    );
    return () => {
      isCurrent = false;
    };
  }, [store, result]);
  return state.of === result ? state.detail : "loading";
}
