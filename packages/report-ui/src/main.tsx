import { render } from "preact";

import type { PageSource } from "wireproof/page";
import { embeddedSource } from "./source/embedded.js";
import { liveSource } from "./source/live.js";
import type { Source } from "./source/source.js";
import { Store } from "./store.js";
import { App } from "./view/app.js";

// The data come after this script in the file.
document.addEventListener("DOMContentLoaded", () => {
  const store = new Store(pageSource(document), location.hash);
  const root = document.querySelector("#page");
  if (root === null) return;
  root.replaceChildren();
  render(<App store={store} />, root);
  store.open(window);
});

/** The source that this page was made for. */
function pageSource(document: Document): Source {
  const element = document.querySelector("#source");
  const source = (
    element === null ? { source: "embedded" } : JSON.parse(element.textContent ?? "{}")
  ) as PageSource;
  return source.source === "live" ? liveSource(source) : embeddedSource(document);
}
